#include "resolver/uv/child.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <memory>
#include <utility>

#include "resolver/uv/closing.h"

namespace schoolgate::resolver::uv {
namespace {

constexpr std::size_t kMostErrorOctets = 64 << 10;

}  // namespace

// Ends when both have happened: the program has exited and its standard error is closed.
struct Child::State {
  uv_process_t child{};
  uv_pipe_t errors{};
  std::array<char, 4096> buffer;
  Exit exit;
  std::function<void(Exit)> on_exit;
  int open = 0;  // of the two, how many are still to end
  int handles = 0;
  bool is_running = false;
  bool is_read = false;  // standard error, until its end

  void ended_one() {
    if (--open > 0) return;
    const auto callback = std::move(on_exit);
    on_exit = nullptr;
    if (callback) callback(std::move(exit));
  }
  void finish_reading() {
    if (!std::exchange(is_read, false)) return;
    uv_read_stop(reinterpret_cast<uv_stream_t*>(&errors));
    ended_one();
  }
  void close(uv_handle_t* handle) {
    if (uv_is_closing(handle)) return;
    uv_close(handle, [](uv_handle_t* closed) {
      auto* state = static_cast<State*>(closed->data);
      if (--state->handles == 0) delete state;
    });
  }
};

base::Result<std::unique_ptr<Child>> Child::start(Loop& loop, const std::vector<std::string>& command,
                                                  std::function<void(Exit)> on_exit) {
  std::unique_ptr<Child> child(new Child(loop));
  State* state = child->state_ = new State;
  state->on_exit = std::move(on_exit);
  state->child.data = state;
  state->errors.data = state;
  uv_pipe_init(loop.raw(), &state->errors, 0);

  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::array<uv_stdio_container_t, 3> streams{};
  streams[0].flags = UV_IGNORE;
  streams[1].flags = UV_IGNORE;
  streams[2].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
  streams[2].data.stream = reinterpret_cast<uv_stream_t*>(&state->errors);
  uv_process_options_t options{};
  options.file = arguments[0];
  options.args = arguments.data();
  options.stdio_count = static_cast<int>(streams.size());
  options.stdio = streams.data();
  options.exit_cb = [](uv_process_t* ended, std::int64_t status, int signal) {
    auto* of = static_cast<State*>(ended->data);
    of->exit.status = static_cast<int>(status);
    of->exit.signal = signal;
    of->is_running = false;
    of->ended_one();
  };
  state->handles = 2;
  const int failed = uv_spawn(loop.raw(), &state->child, &options);
  if (failed != 0) {
    return base::Error(base::ErrorCode::kUnavailable, "cannot start " + command[0] + ": " + uv_strerror(failed));
  }
  state->open = 2;
  state->is_running = true;
  state->is_read = true;
  uv_read_start(
      reinterpret_cast<uv_stream_t*>(&state->errors),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* out) {
        auto* of = static_cast<State*>(handle->data);
        *out = uv_buf_init(of->buffer.data(), static_cast<unsigned>(of->buffer.size()));
      },
      [](uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
        auto* of = static_cast<State*>(stream->data);
        if (count > 0) {
          const std::size_t room = kMostErrorOctets - of->exit.errors.size();
          of->exit.errors.append(buffer->base, std::min(room, static_cast<std::size_t>(count)));
        }
        if (count < 0) of->finish_reading();
      });
  return child;
}

// Once it has exited, its number may be another program's.
void Child::kill() {
  if (state_->is_running) uv_process_kill(&state_->child, SIGKILL);
  state_->finish_reading();
}

void Child::kill_after(std::uint64_t time_ms) {
  deadline_ = std::make_unique<Timer>(loop_, [this] {
    state_->exit.overdue = true;
    kill();
  });
  deadline_->start(time_ms);
}

Child::~Child() {
  if (state_ == nullptr) return;
  state_->on_exit = nullptr;
  kill();
  state_->close(reinterpret_cast<uv_handle_t*>(&state_->child));
  state_->close(reinterpret_cast<uv_handle_t*>(&state_->errors));
}

}  // namespace schoolgate::resolver::uv
