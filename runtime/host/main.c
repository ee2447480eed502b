#include <stdio.h>
int main(void) {
	puts("tenon " TENON_VERSION);
	return 0;
}
