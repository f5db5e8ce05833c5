#include "tests/bench/suffixes.h"

#include <array>
#include <string_view>
#include <utility>

#include "tests/bench/labels.h"

namespace schoolgate::bench {
namespace {

// Of a thousand names; what one site's own hosts add to its top-level domain is left out.
constexpr auto kShares = std::to_array<std::pair<std::string_view, double>>(
    {{"com", 476.4},  {"net", 55.8},   {"info", 51.8},  {"tk", 51.2},    {"xyz", 21.3},   {"org", 20.8},
     {"ru", 17.4},    {"top", 16.2},   {"de", 13.4},    {"pl", 8.4},     {"it", 8.0},     {"cc", 8.0},
     {"co.uk", 7.36}, {"cn", 7.3},     {"app", 7.3},    {"nl", 7.1},     {"pro", 6.8},    {"site", 6.0},
     {"fr", 6.0},     {"dev", 6.0},    {"me", 5.3},     {"eu", 4.8},     {"io", 4.5},     {"tv", 4.3},
     {"club", 4.2},   {"biz", 4.0},    {"co", 3.8},     {"click", 3.5},  {"in", 3.3},     {"shop", 3.2},
     {"online", 3.1}, {"us", 2.9},     {"ml", 2.7},     {"jp", 2.6},     {"ga", 2.6},     {"cf", 2.4},
     {"link", 2.3},   {"win", 2.3},    {"live", 2.3},   {"ch", 2.1},     {"gq", 2.0},     {"ca", 2.0},
     {"hu", 2.0},     {"com.br", 2.0}, {"cam", 1.9},    {"be", 1.9},     {"es", 1.8},     {"fun", 1.8},
     {"com.au", 1.8}, {"xxx", 1.7},    {"mobi", 1.7},   {"cz", 1.7},     {"vip", 1.7},    {"sbs", 1.7},
     {"at", 1.6},     {"lol", 1.4},    {"se", 1.4},     {"space", 1.4},  {"pw", 1.3},     {"icu", 1.3},
     {"life", 1.3},   {"buzz", 1.2},   {"dk", 1.2},     {"one", 1.2},    {"name", 1.1},   {"cfd", 1.1},
     {"co.jp", 1.1},  {"cyou", 1.0},   {"lat", 1.0},    {"com.ar", 0.9}, {"vn", 0.8},     {"co.za", 0.7},
     {"uk", 0.5},     {"ninja", 0.5},  {"com.cn", 0.4}, {"co.in", 0.4},  {"com.ua", 0.4}, {"com.pl", 0.4},
     {"org.uk", 0.4}, {"co.nz", 0.4},  {"co.il", 0.3},  {"co.kr", 0.3},  {"com.es", 0.3}, {"com.mx", 0.3},
     {"com.tr", 0.3}, {"br", 0.2},     {"au", 0.2},     {"ne.jp", 0.2},  {"com.co", 0.2}, {"com.tw", 0.1},
     {"com.vn", 0.1}});
// The rest shares what is left: the first ones most.
constexpr std::string_view kOthers =
    "ro tw kr gr pt hk my ph th id ua by kz ir il tr sa ae za ng ke eg ma no fi ie nz sg sk si hr rs bg lt lv ee is "
    "lu li mx cl pe ve ec cr do gt uy py bo to cx vc ws la nu fm am ly gg sh ac st su asia email media agency news "
    "blog store tech website host cloud digital world today solutions services company group global network systems "
    "center guru expert education academy school training rocks cool sexy adult porn sex tube webcam dating singles "
    "casino bet poker bingo games game play band party bid loan trade date review science stream download racing "
    "accountant faith cricket men work press rest bar best black blue red pink green gold money finance capital fund "
    "credit bank ventures estate house homes land city town earth eco farm garden coffee pizza beer wine bike car "
    "auto cars taxi flights tours travel holiday hotel camp fit yoga health care clinic dental doctor pet dog horse "
    "love baby kids family fans social chat wiki ink art design photo photos gallery video movie film show audio "
    "music radio football golf tennis run ski surf bond monster quest wang ren gdn kim moe tokyo berlin london paris "
    "amsterdam nyc miami vegas moscow ";
constexpr double kOthersShare = 62;

// The biggest are well known; the others are made up.
constexpr std::string_view kKnownParents =
    "blogspot.com weebly.com tumblr.com cloudfront.net web.app wixsite.com firebaseapp.com pages.dev r2.dev "
    "wordpress.com azureedge.net vercel.app herokuapp.com netlify.app github.io dweb.link webflow.io amazonaws.com "
    "googleapis.com azurewebsites.net doubleclick.net omtrdc.net tripod.com square.site typepad.com livejournal.com "
    "blogger.com myshopify.com wpengine.com onrender.com glitch.me repl.co framer.app surge.sh fly.dev workers.dev "
    "translate.goog gitlab.io bitbucket.io canalblog.com over-blog.com skyrock.com free.fr t-com.me narod.ru ucoz.ru "
    "ucoz.com at.ua by.ru jimdo.com jimdofree.com yolasite.com webs.com angelfire.com 000webhostapp.com "
    "altervista.org duckdns.org no-ip.org ddns.net hopto.org zapto.org sytes.net myftp.org servebeer.com dyndns.org "
    "homeip.net fc2.com exblog.jp hatenablog.com sakura.ne.jp 58.com 163.com ";
constexpr std::size_t kSharedParents = 1000;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0, end = 0; (end = text.find(' ', begin)) != std::string_view::npos; begin = end + 1) {
    words.emplace_back(text.substr(begin, end - begin));
  }
  return words;
}

class Registries {
 public:
  Registries() : suffixes_(split(kOthers)), weights_(weights(suffixes_.size())) {
    for (const auto& [suffix, share] : kShares) suffixes_.emplace_back(suffix);
  }
  const std::string& draw(Random& random) const { return suffixes_[weights_.draw(random)]; }

 private:
  static Weighted weights(std::size_t others) {
    std::vector<double> weights;
    double sum = 0;
    for (std::size_t i = 0; i < others; ++i) sum += weights.emplace_back(1.0 / static_cast<double>(i + 1));
    for (double& weight : weights) weight *= kOthersShare / sum;
    for (const auto& [suffix, share] : kShares) weights.push_back(share);
    return Weighted(weights);
  }
  std::vector<std::string> suffixes_;
  Weighted weights_;
};

std::vector<std::string> shared_parents() {
  std::vector<std::string> parents = split(kKnownParents);
  Random random(1000);  // the same ones in every run, whatever its seed
  while (parents.size() < kSharedParents) parents.push_back(registered_label(random) + "." + registry_suffix(random));
  return parents;
}

}  // namespace

const std::string& registry_suffix(Random& random) {
  static const Registries registries;
  return registries.draw(random);
}

namespace {

const std::vector<std::string>& all_shared_parents() {
  static const std::vector<std::string> parents = shared_parents();
  return parents;
}

}  // namespace

const std::string& listed_shared_parent(Random& random) {
  constexpr std::size_t kEvery = 5;
  return all_shared_parents()[kEvery - 1 + kEvery * random.below(kSharedParents / kEvery)];
}

const std::string& shared_parent(Random& random) {
  static const Weighted weights = Weighted::zipf(kSharedParents, 1.0);
  return all_shared_parents()[weights.draw(random)];
}

}  // namespace schoolgate::bench
