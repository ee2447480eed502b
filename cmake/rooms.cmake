# A room is one folder of .c files and one static library tenon_<name>; main.c is never part of one.
function(tenon_room name folder)
	file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.c ${CMAKE_SOURCE_DIR}/${folder}/*/*.c)
	list(FILTER sources EXCLUDE REGEX "/main\\.c$")
	add_library(tenon_${name} STATIC ${sources})
	target_link_libraries(tenon_${name} PUBLIC tenon_flags ${ARGN})
endfunction()
