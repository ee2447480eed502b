# One place for compiler flags; every room and test links tenon_flags.
add_library(tenon_flags INTERFACE)
target_include_directories(tenon_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(tenon_flags INTERFACE _GNU_SOURCE TENON_VERSION="${PROJECT_VERSION}")
target_compile_options(tenon_flags INTERFACE
	-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
	-Wmissing-prototypes -Wold-style-definition -Wvla -Wcast-qual -Wwrite-strings -Wformat=2 -Wundef
	-Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion -Wswitch-enum
	-fno-strict-aliasing -fno-omit-frame-pointer)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
	target_compile_options(tenon_flags INTERFACE -Wduplicated-cond -Wduplicated-branches -Wlogical-op
		-Wjump-misses-init -Wformat-signedness -Warith-conversion)
endif()
if(TENON_WERROR)
	target_compile_options(tenon_flags INTERFACE -Werror)
endif()
if(TENON_SANITIZE)
	string(REPLACE ";" "," sanitizers "${TENON_SANITIZE}")
	target_compile_options(tenon_flags INTERFACE -fsanitize=${sanitizers} -fno-sanitize-recover=all)
	target_link_options(tenon_flags INTERFACE -fsanitize=${sanitizers})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
	target_compile_options(tenon_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
		-fstack-clash-protection -fcf-protection -fPIE)
	target_link_options(tenon_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
# assert() stays on in every build: programmer mistakes must stop the process, not corrupt a store.
# Release names functions and lines in a crash's trace, no variables: a third of the compiler's time went there and into -O3.
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")
