# schoolgate_room(NAME SOURCES … USES …): one static library a room, schoolgate_NAME (of a path its last part); USES names
# the rooms and libraries it may touch.
function(schoolgate_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;USES" ${ARGN})
  get_filename_component(target ${name} NAME)
  string(REPLACE "-" "_" target ${target})
  add_library(schoolgate_${target} STATIC ${ROOM_SOURCES})
  target_include_directories(schoolgate_${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(schoolgate_${target} PUBLIC ${ROOM_USES})
  target_precompile_headers(schoolgate_${target} PRIVATE
    <algorithm> <array> <cstdint> <cstring> <memory> <optional> <span> <string> <string_view> <unordered_map>
    <vector> <fmt/format.h>)
endfunction()
