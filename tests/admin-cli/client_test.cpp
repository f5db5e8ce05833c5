#include "admin-cli/client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <nlohmann/json.hpp>

#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

using base::ErrorCode;
using ::testing::Test;
using web::Json;

class ClientTest : public Test {
 protected:
  Workplace place_;
};

// Answers with one fixed body.
class Fixed final : public web::Responder {
 public:
  explicit Fixed(web::Response response) : response_(std::move(response)) {}
  web::Response handle(const web::Request&) override { return response_; }
  web::Response refuse(unsigned) override { return response_; }

 private:
  web::Response response_;
};

base::Error error_of(const std::string& socket, web::Response response) {
  Fixed fixed(std::move(response));
  web::HttpServer server(fixed);
  EXPECT_TRUE(server.listen_unix(socket));
  server.run();
  const auto answer = Client(socket).get("/api/v1/status");
  return answer ? base::Error(ErrorCode::kInvalid, "no error") : answer.error();
}

TEST_F(ClientTest, ParametersArriveAsTheyAre) {
  place_.start_daemon();
  place_.service.report = web::blocked_by_category("x", "gambling");
  const std::string name = "a&b=c d+e%41#f?g\x01\xff";
  const auto answer = Client(place_.socket()).get("/api/v1/check", {{"name", name}, {"device", ""}, {"type", "TXT"}});
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(place_.service.asked_check.name, name);
  EXPECT_FALSE(place_.service.asked_check.device);
  EXPECT_EQ(place_.service.asked_check.type, dns::Type::kTxt);
}

TEST_F(ClientTest, NobodyThereIsAbsenceOrAnErrorThatSaysWhatToDo) {
  const Client client(place_.socket());
  const auto found = client.find("/api/v1/status");
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
  const auto answer = client.get("/api/v1/status");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message(),
            "schoolgated is not running (no socket at " + place_.socket() + "): start it, or give --socket");
}

TEST_F(ClientTest, ASocketThatADeadDaemonLeftIsNobodyToo) {
  const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  place_.socket().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(dead);
  const auto found = Client(place_.socket()).find("/api/v1/status");
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(ClientTest, TheApisErrorsKeepTheirMeaning) {
  place_.start_daemon();
  const std::vector<std::pair<ErrorCode, ErrorCode>> cases = {
      {ErrorCode::kInvalid, ErrorCode::kInvalid},
      {ErrorCode::kNotFound, ErrorCode::kNotFound},
      {ErrorCode::kForbidden, ErrorCode::kForbidden},
      {ErrorCode::kDamaged, ErrorCode::kUnavailable},
  };
  for (const auto& [said, understood] : cases) {
    place_.service.report = base::Error(said, "no device 'lab'");
    const auto answer = Client(place_.socket()).find("/api/v1/check", {{"name", "x"}});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), understood);
    EXPECT_EQ(answer.error().message(), "no device 'lab'");
  }
}

TEST_F(ClientTest, OtherUsersAreTurnedAway) {
  place_.start_daemon({::getuid() + 1});
  const auto answer = Client(place_.socket()).get("/api/v1/status");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kForbidden);
  EXPECT_NE(answer.error().message().find("sudo"), std::string::npos);
}

TEST_F(ClientTest, StrangeAnswersAreErrors) {
  EXPECT_NE(error_of(place_.path("a"), {200, "text/html", {}, "<html>"}).message().find("no JSON"), std::string::npos);
  EXPECT_EQ(error_of(place_.path("b"), {500, "application/json", {}, "{}"}).message(), "HTTP status 500");
  EXPECT_EQ(error_of(place_.path("c"), {302, "application/json", {{"Location", "http://127.0.0.1/"}}, "[]"}).message(),
            "HTTP status 302");
}

}  // namespace
}  // namespace schoolgate::admin_cli
