#include "lists/formats/rpz_address.h"

#include <gtest/gtest.h>

namespace schoolgate::lists {
namespace {

TEST(RpzAddress, ReadsWhatIsWrittenFromItsEnd) {
  struct Row {
    const char* text;
    const char* network;  // or why not
  };
  const Row table[] = {
      {"32.7.2.0.192", "192.0.2.7/32"},
      {"24.0.2.0.192", "192.0.2.0/24"},
      {"1.0.0.0.128", "128.0.0.0/1"},
      {"128.57.zz.1.0.db8.2001", "2001:db8:0:1::57/128"},
      {"48.zz.1.db8.2001", "2001:db8:1::/48"},
      {"48.ZZ.1.DB8.2001", "2001:db8:1::/48"},
      {"128.1.zz", "::1/128"},
      {"128.8.7.6.5.4.3.2.2001", "2001:2:3:4:5:6:7:8/128"},
      {"32.zz.0.db8.2001", "2001:db8::/32"},  // as many labels as an IPv4 address has
      {"", "does not begin with a prefix length"},
      {"zz", "does not begin with a prefix length"},
      {"x.7.2.0.192", "does not begin with a prefix length"},
      {"24", "has no address, written from its end"},
      {"24.", "has no address, written from its end"},
      {"24..2.0.192", "has no address, written from its end"},
      {"24.2.0.192", "has no address, written from its end"},
      {"24.0.2.0.256", "has no address, written from its end"},
      {"48.zz.zz.2001", "has no address, written from its end"},
      {"48.1.db8.2001", "has no address, written from its end"},
      {"0.0.0.0.0", "has a prefix length that no such address has"},
      {"33.7.2.0.192", "has a prefix length that no such address has"},
      {"129.1.zz", "has a prefix length that no such address has"},
      {"99999999999.1.zz", "does not begin with a prefix length"},
      {"24.7.2.0.192", "has bits beyond its prefix length"},
      {"47.zz.1.db8.2001", "has bits beyond its prefix length"},
  };
  for (const Row& row : table) {
    const auto network = parse_rpz_network(row.text);
    EXPECT_EQ(network ? network->to_text() : network.error().message(), row.network) << row.text;
  }
}

}  // namespace
}  // namespace schoolgate::lists
