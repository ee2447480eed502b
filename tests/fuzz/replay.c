/* replay.c -- runs a fuzz target over files and folders of inputs without libFuzzer:
 * replay_<parser> PATH... Prints how many inputs ran; a target that finds a fault aborts. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t inputs;

static void replay_file(FILE *f, const char *path) {
	enum { LARGEST = 16 << 20 };
	char *buffer = malloc(LARGEST);
	if (!buffer) abort();
	size_t n = fread(buffer, 1, LARGEST, f);
	uint8_t *exact =
		malloc(n ? n : 1); /* its own block: AddressSanitizer sees a byte too far */
	if (!exact || ferror(f)) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	memcpy(exact, buffer, n);
	free(buffer);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	inputs++;
}

static void replay(const char *path) {
	DIR *folder = opendir(path);
	if (!folder) {
		FILE *f = fopen(path, "rb");
		if (!f) {
			perror(path);
			exit(1);
		}
		replay_file(f, path);
		fclose(f);
		return;
	}
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char inner[4096];
		if (entry->d_name[0] == '.') continue;
		snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
		replay(inner);
	}
	closedir(folder);
}

int main(int argc, char **argv) {
	for (int i = 1; i < argc; i++) replay(argv[i]);
	printf("%zu inputs replayed\n", inputs);
	return inputs ? 0 : 1;
}
