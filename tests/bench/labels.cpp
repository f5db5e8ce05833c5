#include "tests/bench/labels.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace schoolgate::bench {
namespace {

// Out of our own heads. The first ones are the commonest.
constexpr std::string_view kWords =
    "shop news free best game play film video live sex cam adult bet casino poker slot win bonus track stat click ads "
    "banner pixel metric push promo deal store market home web net host cloud data code blog forum chat mail online "
    "the my go get all top pro club world star life love tech soft app mobile phone car travel hotel food health med "
    "pharm diet fit loan bank coin crypto trade fx money music sport book school photo art design media group team "
    "center city land house garden light water fire sun moon sky blue red green black white gold silver big hot new "
    "old young real super mega mini max plus one first day night time year week hour space point link page site "
    "search find buy sell cheap sale price offer gift card cash pay credit save rich luck happy fun cool nice sweet "
    "dream magic power energy speed fast quick easy smart secure safe trust true pure fresh natural organic beauty "
    "skin hair body fashion style dress shoe watch jewel toy baby kid girl boy man woman mom teen lady mature wife "
    "date dating match meet friend social share like fan porn xxx tube nude naked hard wild dirty naughty erotic "
    "escort massage fetish hentai anime cartoon comic movie series stream torrent download file serial crack key gen "
    "mod hack cheat server proxy vpn hide anon tor private public local global euro asia china japan russia india "
    "america london paris berlin madrid roma texas miami vegas north south east west island beach mountain river "
    "forest park farm animal dog cat horse bird fish lion tiger wolf bear dragon king queen prince knight hero angel "
    "devil ghost monster zombie war battle fight army gun shot hunter racing race drive auto moto bike truck boat "
    "ship air fly jet train bus taxi tour trip camp trek map guide info facts wiki help support service care doctor "
    "clinic dental hospital nurse law legal lawyer tax insurance invest stock fund capital finance business company "
    "corp office work job career hire staff agent partner network system digital cyber base logic micro nano robot ai "
    "bot virtual vr three d print camera pic image gallery show theater dance party event wedding church faith bible "
    "god holy soul mind spirit yoga zen peace hope joy smile laugh joke meme viral trend buzz alert update daily "
    "weekly report review rating score rank list index portal hub zone area spot place corner street road bridge gate "
    "tower castle palace villa room door window wall floor roof build builder construct engineer machine tool metal "
    "steel iron wood stone glass plastic paper ink color paint draw pen note text word letter type font speak talk "
    "voice call ring tone sound audio radio tv channel program episode season final cup league ball goal foot soccer "
    "basket tennis golf ski surf swim run jump climb gym muscle strong weight lose slim detox vitamin pill drug herb "
    "tea coffee wine beer bar pub restaurant pizza burger chicken meat fruit apple orange lemon berry candy cake "
    "chocolate sugar salt spice kitchen cook recipe chef account login verify signin confirm billing wallet ledger "
    "metamask exchange token nft mining miner pool stake swap airdrop claim reward prize lottery lotto jackpot spin "
    "bingo keno roulette blackjack betting odds tips tipster sportbook bookie analytics tracker tracking counter "
    "stats telemetry beacon collect log measure insight adserver adservice advert advertising affiliate sponsor "
    "campaign lead funnel optimize retarget audience impression popup popunder redirect redir goto out exit landing "
    "offerwall und der die das haus welt kauf geld spiel reise frei gratis liebe leben markt preis wohnung immobilien "
    "versicherung kredit sexe amour maison jeu jeux vente achat voyage gratuit femme homme fille belle rencontre casa "
    "amor vida mundo mujer chica juego dinero viaje tienda compra barato donna ragazza vita gioco viaggio soldi porno "
    "filme sexo novinha vrouw meisje huis spel reis goedkoop kobieta dom gra praca tanie igra dengi rabota znakomstva "
    "devushki foto kino skachat besplatno ";
constexpr std::string_view kOnsets =
    "b c d f g h j k l m n p r s t v w z b c d f g h l m n p r s t v br ch cl cr dr fl fr gr pl pr qu sc sh sk sl sp "
    "st "
    "tr th ";
constexpr std::string_view kVowels = "a e i o u a e i o u y ai au ea ee ie oo ou io ";
constexpr std::string_view kCodas = "n r s t l m k d x ck ng nt st rd ";
constexpr std::string_view kHosts =
    "www ns go ads proxy dns cdn info metrics smetrics analytics stats marketing tr events www2 node ad de web "
    "tracking api fr m track a static hit t login s img id data click app mail secure b c log e pixel adserver cs "
    "sync media images files dl x s1 s2 l link r p shop blog my i g v u email pages page get help account update ";
constexpr std::string_view kMiddles =
    "net nodes ns go monitoring dev ipfs control docker region web eu us prod app 01 02 de static aws cloud "
    "gateway proxy k8s s3 west east europe apac a b id user staging test ";

// Of a thousand registered labels, how many have this length, from 1; see list_names.h.
constexpr std::array<double, 36> kLengths = {0.1,  1.8,  9.5,  22.4, 46.0, 59.6, 75.9, 91.8, 93.5, 97.2, 89.7, 82.5,
                                             72.1, 62.5, 49.2, 37.3, 27.9, 21.5, 15.5, 11.6, 8.6,  6.4,  5.0,  3.5,
                                             2.5,  1.8,  1.3,  0.9,  0.6,  0.5,  0.3,  0.2,  0.1,  0.1,  0.1,  0.1};

constexpr std::string_view kLettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find(' ', begin);
    words.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

// Drawn with Zipf's law, as words are used.
class Vocabulary {
 public:
  Vocabulary(std::vector<std::string> words, double exponent)
      : words_(std::move(words)), weights_(Weighted::zipf(words_.size(), exponent)) {}
  const std::string& draw(Random& random) const { return words_[weights_.draw(random)]; }

 private:
  std::vector<std::string> words_;
  Weighted weights_;
};

std::string syllable(Random& random) {
  static const auto onsets = split(kOnsets);
  static const auto vowels = split(kVowels);
  static const auto codas = split(kCodas);
  constexpr double kWithCoda = 0.35;
  std::string text = random.chance(0.93) ? random.pick(onsets) : "";
  text += random.pick(vowels);
  if (random.chance(kWithCoda)) text += random.pick(codas);
  return text;
}

std::string of_chance(std::size_t length, std::string_view octets, Random& random) {
  std::string text;
  while (text.size() < length) text += octets[random.below(octets.size())];
  return text;
}

std::size_t drawn_length(Random& random) {
  static const Weighted lengths(kLengths);
  return 1 + lengths.draw(random);
}

// The shares are fitted to the entropies in list_names.h.
constexpr double kWordShare = 0.45;
constexpr double kMadeUpShare = 0.45;
constexpr std::size_t kMadeUpWords = 6000;
constexpr double kHyphenShare = 0.14;    // between two pieces
constexpr double kDigitsShare = 0.075;   // at the end
constexpr double kNumberedShare = 0.25;  // of the cousins
constexpr double kChanceShare = 0.025;   // no words at all

// Words of other tongues, brands and family names: they sound like nothing we know and come again and again all the same.
std::vector<std::string> made_up_words() {
  Random random(5000);  // the same ones in every run, whatever its seed
  std::vector<std::string> words(kMadeUpWords);
  for (std::string& word : words)
    word = syllable(random) + syllable(random) + (random.chance(0.4) ? syllable(random) : "");
  return words;
}

std::string piece(Random& random) {
  static const Vocabulary words(split(kWords), 0.6);
  static const Vocabulary made_up(made_up_words(), 0.8);
  const double kind = random.unit();
  if (kind < kWordShare) return words.draw(random);
  return kind < kWordShare + kMadeUpShare ? made_up.draw(random) : syllable(random);
}

std::string readable(std::size_t length, Random& random) {
  std::string text;
  while (text.size() < length) {
    if (!text.empty() && text.back() != '-' && text.size() + 2 < length && random.chance(kHyphenShare)) text += '-';
    text += piece(random);
  }
  text.resize(length);
  if (length > 4 && random.chance(kDigitsShare)) {
    const std::size_t digits = 1 + random.below(3);
    text.replace(length - digits, digits, of_chance(digits, "0123456789", random));
  }
  if (text.back() == '-') text.back() = 's';
  return text;
}

}  // namespace

std::string registered_label(Random& random) {
  const std::size_t length = drawn_length(random);
  return random.chance(kChanceShare) ? of_chance(length, kLettersAndDigits, random) : readable(length, random);
}

std::string cousin_of(std::string_view label, Random& random) {
  constexpr std::size_t kMostKept = 40;
  const std::size_t kept = std::min(label.size() / 2 + random.below(label.size() / 2 + 1), kMostKept);
  std::string cousin(label.substr(0, kept));
  if (random.chance(kNumberedShare)) return cousin + std::to_string(1 + random.below(200));
  const std::size_t lost = std::min(label.size(), kMostKept) - kept;
  return cousin + readable(1 + random.below(lost + 3), random);
}

std::string host_label(Random& random) {
  static const Vocabulary hosts(split(kHosts), 1.0);
  const double kind = random.unit();
  if (kind < 0.30) return "www";
  if (kind < 0.70) return hosts.draw(random);
  if (kind < 0.75) return hosts.draw(random) + std::to_string(1 + random.below(30));
  return kind < 0.98 ? registered_label(random) : of_chance(6 + random.below(10), kLettersAndDigits, random);
}

std::string customer_label(Random& random) {
  const double kind = random.unit();
  if (kind < 0.05) return "d" + of_chance(12 + random.below(2), kLettersAndDigits, random);
  if (kind < 0.09) return of_chance(8 + random.below(28), "0123456789abcdef", random);
  const std::size_t length = drawn_length(random) + random.below(9);
  return readable(length, random);
}

std::string middle_label(Random& random) {
  static const Vocabulary middles(split(kMiddles), 1.0);
  return middles.draw(random);
}

}  // namespace schoolgate::bench
