# expr.wasm: expressions and field values for the browser, from the same files as the server's (runtime/browser/rules.c says
# what it offers). Debian's clang, lld, wasi-libc, compiler-rt for wasm32 and binaryen; no emscripten. The size is a law: the
# build fails above 60 kB gzip. WITH_WASM=OFF: the browser asks POST .../validate instead.
option(WITH_WASM "build the browser's expression module" ON)
if(WITH_WASM)
	find_program(WASM_CLANG NAMES clang-14 clang)
	find_program(WASM_LD NAMES wasm-ld-14 wasm-ld)
	find_program(WASM_OPT wasm-opt)
	find_file(WASM_CRT crt1-reactor.o PATHS /usr/lib/wasm32-wasi NO_DEFAULT_PATH)
	find_file(WASM_RT libclang_rt.builtins-wasm32.a PATHS /usr/lib/llvm-14/lib/clang/14.0.6/lib/wasi
		/usr/lib/clang/14/lib/wasi NO_DEFAULT_PATH)
	if(NOT WASM_CLANG OR NOT WASM_LD OR NOT WASM_OPT OR NOT WASM_CRT OR NOT WASM_RT)
		message(WARNING "WITH_WASM needs clang, lld, wasi-libc, libclang-rt-14-dev-wasm32 and binaryen (./dev deps installs "
			"them); building without the browser's expression module")
		set(WITH_WASM OFF)
	endif()
endif()
set(TENON_WASM_FILE ${CMAKE_BINARY_DIR}/web/expr.wasm)

set(wasm_base arena catalogue datetime day decimal decimal_text decimal_wide fold json_lex json_read json_tree json_write
	problem sb str utf8 value zone)
set(wasm_expr check check_call check_literal check_name check_operator cny eval eval_convert eval_operator expr fn_date
	fn_format fn_list fn_number fn_people fn_text fn_worktime functions lex parse regex regex_parse type worktime)
set(wasm_model app directory enumeration field_bool field_button field_choice field_code field_contact field_identity field_kit field_link
	field_number field_people field_place field_refs field_richtext field_text field_time field_type form load_enum load_field
	load_form load_kit load_known names region_names)
set(wasm_flags --target=wasm32-wasi --sysroot=/usr -std=c17 -D_GNU_SOURCE -DNDEBUG -DTENON_BROWSER -Oz -flto
	-mbulk-memory -msign-ext -mnontrapping-fptoint -fno-strict-aliasing -I${CMAKE_SOURCE_DIR}/runtime/browser/include
	-I${CMAKE_SOURCE_DIR} -Wno-builtin-macro-redefined -D__FILE__="" -Wall -Wextra -Wconversion -Werror
	-Wno-unused-function -Wno-unused-variable -Wno-unused-parameter -Wno-unused-but-set-variable -Wno-unused-const-variable)

# wasm_module(<file> <gzip limit in kB> <source without .c>...): objects beside it, linked as a reactor, made small.
function(wasm_module out limit)
	set(objects)
	get_filename_component(name ${out} NAME_WE)
	foreach(source ${ARGN})
		string(REPLACE "/" "_" object ${source})
		set(object ${CMAKE_BINARY_DIR}/wasm/${name}/${object}.o)
		add_custom_command(OUTPUT ${object}
			COMMAND ${WASM_CLANG} ${wasm_flags} -MD -MF ${object}.d -MT ${object} -c ${CMAKE_SOURCE_DIR}/${source}.c -o ${object}
			DEPENDS ${CMAKE_SOURCE_DIR}/${source}.c
			DEPFILE ${object}.d
			VERBATIM)
		list(APPEND objects ${object})
	endforeach()
	file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/wasm/${name} ${CMAKE_BINARY_DIR}/web)
	add_custom_command(OUTPUT ${out}
		COMMAND ${WASM_LD} -o ${CMAKE_BINARY_DIR}/wasm/${name}.wasm ${WASM_CRT} ${objects} -L/usr/lib/wasm32-wasi -lc ${WASM_RT}
			--entry _initialize --stack-first -z stack-size=262144 --gc-sections --strip-all --lto-O2 -O2
		COMMAND ${WASM_OPT} -Oz --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int --enable-mutable-globals --converge --low-memory-unused --strip-producers
			${CMAKE_BINARY_DIR}/wasm/${name}.wasm -o ${out}.new
		COMMAND ${CMAKE_COMMAND} -DFILE=${out}.new -DLIMIT=${limit} -P ${CMAKE_SOURCE_DIR}/cmake/wasm_size.cmake
		COMMAND ${CMAKE_COMMAND} -E rename ${out}.new ${out}
		DEPENDS ${objects} ${CMAKE_SOURCE_DIR}/cmake/wasm_size.cmake
		COMMENT "Linking ${name}.wasm"
		VERBATIM)
endfunction()

if(WITH_WASM)
	list(TRANSFORM wasm_base PREPEND runtime/base/)
	list(TRANSFORM wasm_expr PREPEND runtime/expr/)
	list(TRANSFORM wasm_model PREPEND runtime/model/)
	wasm_module(${TENON_WASM_FILE} 60 ${wasm_base} ${wasm_expr} ${wasm_model} runtime/browser/rules runtime/browser/libc)
	add_custom_target(expr_wasm ALL DEPENDS ${TENON_WASM_FILE})
	# The vectors of tests/vectors as a module of their own: the same objects' sources, the same flags.
	if(TENON_TESTS)
		wasm_module(${CMAKE_BINARY_DIR}/web/vectors.wasm 60 ${wasm_base} ${wasm_expr} runtime/browser/libc
			tests/support/vector_form tests/support/vector_run tests/support/expr_world tests/wasm/vectors)
		add_custom_target(vectors_wasm ALL DEPENDS ${CMAKE_BINARY_DIR}/web/vectors.wasm)
	endif()
endif()
