#include "filter/patterns/name_text.h"

#include <cstdint>

namespace schoolgate::filter {

NameText::NameText(const dns::Name& name) noexcept {
  const std::uint8_t* wire = name.wire().data();
  for (std::size_t at = 0; wire[at] != 0; at += wire[at] + std::size_t{1}) {
    if (at != 0) text_[size_++] = '.';
    for (std::size_t i = at + 1; i <= at + wire[at]; ++i) put(wire[i]);
  }
}

void NameText::put(std::uint8_t octet) noexcept {
  if (octet == '\\' || octet == '"') {
    text_[size_++] = '\\';
  } else if (octet < 0x21 || octet > 0x7e || octet == '.') {
    text_[size_++] = '\\';
    text_[size_++] = static_cast<char>('0' + octet / 100);
    text_[size_++] = static_cast<char>('0' + octet / 10 % 10);
    text_[size_++] = static_cast<char>('0' + octet % 10);
    return;
  }
  text_[size_++] = static_cast<char>(octet);
}

}  // namespace schoolgate::filter
