# Compiler flags: warnings are errors, and what a network daemon should be hardened with.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees overlaps in std::string's own operator+ (GCC bugs 105329, 105651), and in tl::expected's destructor a
  # delete of what the other alternative holds.
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds -Wno-free-nonheap-object
                      -Wno-maybe-uninitialized)
endif()
add_compile_options(-fstack-protector-strong -fno-omit-frame-pointer)
set(CMAKE_EXE_LINKER_FLAGS "${CMAKE_EXE_LINKER_FLAGS} -pie -Wl,-z,relro,-z,now,-z,noexecstack")

if(SCHOOLGATE_SANITIZE)
  add_compile_options(-fsanitize=${SCHOOLGATE_SANITIZE} -fno-sanitize-recover=all -O1 -g1)
  add_link_options(-fsanitize=${SCHOOLGATE_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Debian 12's headers take level 3 with GCC 12.
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -g1)
endif()
if(SCHOOLGATE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
