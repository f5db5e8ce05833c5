// How every uv handle of ours ends. A uv handle outlives its owner: uv_close() only asks, and libuv goes on using the
// handle until its close callback. So each wrapper keeps its handle in a State on the heap, the owner's destructor
// silences the State and asks for the close, and the close callback deletes the State. Only resolver/uv/*.cpp see this.
#pragma once

#include <uv.h>

#include <cassert>

namespace schoolgate::resolver::uv {

// REQUIRES: `handle` is a member of `state` and handle.data == state.
template <class State, class HandleType>
void close_and_delete([[maybe_unused]] State* state, HandleType* handle) {
  assert(handle->data == state);
  auto* plain = reinterpret_cast<uv_handle_t*>(handle);
  if (uv_is_closing(plain)) return;
  uv_close(plain, [](uv_handle_t* closed) { delete static_cast<State*>(closed->data); });
}

}  // namespace schoolgate::resolver::uv
