#include "web/http_server.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "raw_client.h"

namespace schoolgate::web {
namespace {

using namespace std::chrono_literals;
using ::testing::Test;
using Moment = std::chrono::steady_clock;

// Says what it was asked.
class Echo final : public Responder {
 public:
  Response handle(const Request& request) override {
    ++handled;
    if (request.path == "/throw") throw std::runtime_error("a page went wrong");
    if (request.path == "/large") return {200, "text/plain", {}, std::string(64 << 20, 'x')};
    if (request.path == "/medium") return {200, "text/plain", {}, std::string(16 << 20, 'x')};
    if (request.path == "/none") return {404, "", {}, ""};
    const std::string uid = request.peer.uid ? std::to_string(*request.peer.uid) : "-";
    return {200,
            "text/plain",
            {{"X-Own", "yes"}},
            request.method + " " + request.host + " " + request.path + " " + request.body + " " +
                request.peer.address.to_text() + " " + uid};
  }
  Response refuse(unsigned status) override { return {status, "text/plain", {}, "refused"}; }
  std::atomic<int> handled = 0;
};

Limits short_limits() {
  Limits limits;
  limits.first_byte = 300ms;
  limits.idle = 300ms;
  limits.header = 300ms;
  limits.whole_request = 300ms;
  limits.response = 300ms;
  limits.linger = 200ms;
  limits.connections_per_address = 4;
  limits.connections = 6;
  return limits;
}

class HttpServerTest : public Test {
 protected:
  void SetUp() override {
    const auto port = server_.listen(*base::Endpoint::parse("127.0.0.1:0"));
    ASSERT_TRUE(port) << port.error().message();
    port_ = *port;
    server_.run();
  }
  RawClient connect(const char* from = "127.0.0.1") { return RawClient::tcp(port_, from); }
  std::string ask(const std::string& bytes) {
    RawClient client = connect();
    client.send(bytes);
    return client.read_response();
  }
  bool is_alive() { return ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 200 OK"); }

  Echo echo_;
  HttpServer server_{echo_, short_limits()};
  std::uint16_t port_ = 0;
};

std::string body_of(const std::string& response) { return response.substr(response.find("\r\n\r\n") + 4); }

TEST_F(HttpServerTest, HandsTheRequestOver) {
  const std::string response = ask("POST /a%20b?c=d HTTP/1.1\r\nHost: bad.example:80\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\n")) << response;
  EXPECT_NE(response.find("X-Own: yes"), std::string::npos);
  EXPECT_EQ(body_of(response), "POST bad.example:80 /a b body 127.0.0.1 -");
}

TEST_F(HttpServerTest, HostIsOneOrNone) {
  EXPECT_EQ(body_of(ask("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")), "GET  /  127.0.0.1 -");
  EXPECT_EQ(body_of(ask("GET / HTTP/1.0\r\n\r\n")), "GET  /  127.0.0.1 -");
  EXPECT_EQ(body_of(ask("GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n")), "GET b /x  127.0.0.1 -");
}

TEST_F(HttpServerTest, ConnectionsAreKept) {
  RawClient client = connect();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_EQ(body_of(client.read_response()), "GET a /" + std::to_string(i) + "  127.0.0.1 -");
  }
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.read_response().find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.closes_within(1'000));
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  RawClient client = connect();
  client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(body_of(client.read_response()), "GET a /1  127.0.0.1 -");
  EXPECT_EQ(body_of(client.read_response()), "GET a /2  127.0.0.1 -");
}

TEST_F(HttpServerTest, HeadHasTheLengthButNotTheBody) {
  RawClient client = connect();
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string response = client.read_all();
  EXPECT_NE(response.find("Content-Length: 21\r\n"), std::string::npos) << response;
  EXPECT_EQ(body_of(response), "");
}

TEST_F(HttpServerTest, NoContentHasNoType) {
  const std::string response = ask("GET /none HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(response.starts_with("HTTP/1.1 404 Not Found"));
  EXPECT_EQ(response.find("Content-Type"), std::string::npos);
  EXPECT_NE(response.find("Content-Length: 0"), std::string::npos);
}

struct BadRequest {
  std::string what, bytes, status;
};

TEST_F(HttpServerTest, BadRequestsAreToldWhyAndClosed) {
  const std::string large(9'000, 'x');
  const std::vector<BadRequest> cases = {
      {"no HTTP", "hello\r\n\r\n", "400"},
      {"binary", std::string("\x16\x03\x01\x00\xa5", 5) + std::string(20, '\0') + "\r\n\r\n", "400"},
      {"version", "GET / HTTP/9.9\r\n\r\n", "400"},
      {"target", "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"broken escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"folded field", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"},
      {"two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "400"},
      {"length and chunks", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
       "400"},
      {"header too large", "GET / HTTP/1.1\r\nX: " + large + "\r\n\r\n", "431"},
      {"target too large", "GET /" + large + " HTTP/1.1\r\n\r\n", "431"},
      {"body too large", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\nx", "413"},
      {"chunks too large",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n11000\r\n" + std::string(0x11000, 'x') +
           "\r\n0\r\n\r\n",
       "413"},
  };
  for (const auto& each : cases) {
    RawClient client = connect();
    client.send(each.bytes);
    const std::string response = client.read_all();
    EXPECT_TRUE(response.starts_with("HTTP/1.1 " + each.status)) << each.what << "\n" << response;
  }
  EXPECT_TRUE(is_alive());
}

// Closing at once would reset the connection under a client that is still sending, and many then never show the answer.
TEST_F(HttpServerTest, ARefusedClientMaySendOnForAMoment) {
  RawClient client = connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n");
  EXPECT_TRUE(client.read_response().starts_with("HTTP/1.1 413"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(client.send(std::string(10'000, 'x'))) << i;
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_TRUE(client.closes_within(1'500));
}

TEST_F(HttpServerTest, APageThatThrowsIsA500AndTheServerGoesOn) {
  EXPECT_TRUE(ask("GET /throw HTTP/1.1\r\nHost: a\r\n\r\n").starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(is_alive());
}

TEST_F(HttpServerTest, SilentClientsAreCutOff) {
  RawClient client = connect();
  EXPECT_TRUE(client.closes_within(1'500));
}

TEST_F(HttpServerTest, SlowHeadersAreCutOff) {
  RawClient client = connect();
  const auto began = Moment::now();
  // A byte every 50 ms would never run into a limit on silence.
  std::string response;
  for (int i = 0; i < 60 && client.send(i == 0 ? "GET / HTTP/1.1\r\nX: " : "x"); ++i) std::this_thread::sleep_for(50ms);
  EXPECT_LT(Moment::now() - began, 2s);
  EXPECT_EQ(echo_.handled, 0);
  EXPECT_TRUE(is_alive());
}

TEST_F(HttpServerTest, SlowBodiesAreCutOff) {
  RawClient client = connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
  const auto began = Moment::now();
  client.read_all();
  EXPECT_LT(Moment::now() - began, 2s);
  EXPECT_EQ(echo_.handled, 0);
}

TEST_F(HttpServerTest, IdleConnectionsAreClosed) {
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(client.read_response(), "");
  EXPECT_TRUE(client.closes_within(1'500));
}

TEST_F(HttpServerTest, ClientsThatDoNotReadAreCutOff) {
  RawClient client = connect();
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(700ms);
  EXPECT_LT(client.read_all().size(), std::size_t{64} << 20);
}

// SIGPIPE would end this process.
TEST_F(HttpServerTest, ClientsThatLeaveEarlyDoNoHarm) {
  for (int i = 0; i < 20; ++i) {
    RawClient client = connect("127.0.0.2");
    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    client.close();
  }
  std::this_thread::sleep_for(200ms);
  EXPECT_TRUE(is_alive());
}

TEST_F(HttpServerTest, OneAddressCannotTakeEveryConnection) {
  std::vector<RawClient> crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.push_back(connect());
    crowd.back().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(crowd.back().read_response(), "") << i;
  }
  RawClient fifth = connect();
  fifth.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(fifth.read_response(200), "");
  RawClient other = connect("127.0.0.2");
  other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(other.read_response(), "");

  crowd.clear();
  std::this_thread::sleep_for(100ms);
  EXPECT_TRUE(is_alive()) << "places are given back";
}

TEST_F(HttpServerTest, AllTogetherHaveALimitToo) {
  std::vector<RawClient> crowd;
  for (int i = 0; i < 6; ++i) {
    crowd.push_back(connect(("127.0.0." + std::to_string(i + 2)).c_str()));
    crowd.back().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(crowd.back().read_response(), "") << i;
  }
  RawClient seventh = connect("127.0.0.20");
  seventh.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(seventh.read_response(200), "");
}

TEST_F(HttpServerTest, OutOfDescriptorsItWaitsAndGoesOn) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  RawClient client = connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_NE(client.read_response(), "");  // the server has a descriptor for it, and takes none from the last one below
  const int next = ::dup(0);
  ::close(next);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(next + 1);
  ::setrlimit(RLIMIT_NOFILE, &tight);
  RawClient late = connect();  // takes the last one; the server gets none
  EXPECT_TRUE(late.connected());
  std::this_thread::sleep_for(150ms);
  ::setrlimit(RLIMIT_NOFILE, &before);
  late.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(late.read_response(), "");
}

TEST_F(HttpServerTest, StopsWithConnectionsOpen) {
  RawClient idle = connect();
  RawClient half = connect();
  half.send("GET / HT");
  std::this_thread::sleep_for(50ms);
  const auto began = Moment::now();
  server_.stop();
  EXPECT_LT(Moment::now() - began, 1'500ms);
  EXPECT_FALSE(connect().connected());
}

TEST(HttpServer, StopsAtOnceWhenNobodyIsThere) {
  Echo echo;
  HttpServer server(echo);
  ASSERT_TRUE(server.listen(*base::Endpoint::parse("127.0.0.1:0")));
  server.run();
  const auto began = Moment::now();
  server.stop();
  EXPECT_LT(Moment::now() - began, 500ms);
}

TEST(HttpServer, AnAnswerUnderWayIsFinished) {
  Echo echo;
  Limits limits;
  limits.stop = 30s;
  HttpServer server(echo, limits);
  const auto port = server.listen(*base::Endpoint::parse("127.0.0.1:0"));
  ASSERT_TRUE(port);
  server.run();
  RawClient client = RawClient::tcp(*port);
  client.send("GET /medium HTTP/1.1\r\nHost: a\r\n\r\n");
  while (echo.handled == 0) std::this_thread::sleep_for(1ms);
  std::thread stopping([&] { server.stop(); });
  EXPECT_GT(client.read_all().size(), std::size_t{16} << 20);
  stopping.join();
}

TEST(HttpServer, BindsBeforeItRunsAndSaysWhatIsWrong) {
  Echo echo;
  HttpServer first(echo), second(echo);
  const auto port = first.listen(*base::Endpoint::parse("127.0.0.1:0"));
  ASSERT_TRUE(port);
  const auto taken = second.listen(base::Endpoint{*base::IpAddress::parse("127.0.0.1"), *port});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code(), base::ErrorCode::kInUse);
  RawClient early = RawClient::tcp(*port);
  early.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  first.run();
  EXPECT_NE(early.read_response(), "") << "who came before run() is served";
}

TEST(HttpServer, UnixPeersAreKnownByTheirUid) {
  std::string folder = "/tmp/schoolgate-server-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  Echo echo;
  HttpServer server(echo);
  ASSERT_TRUE(server.listen_unix(folder + "/admin.sock"));
  server.run();
  RawClient client = RawClient::unix_socket(folder + "/admin.sock");
  client.send("GET /x HTTP/1.1\r\nHost: schoolgate\r\n\r\n");
  EXPECT_EQ(body_of(client.read_response()), "GET schoolgate /x  :: " + std::to_string(::getuid()));
  server.stop();
  EXPECT_FALSE(std::filesystem::exists(folder + "/admin.sock"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace schoolgate::web
