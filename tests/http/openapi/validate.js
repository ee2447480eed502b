// Is the file given a valid OpenAPI document? Prints its version and paths, or what is wrong.
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";

const document = JSON.parse(readFileSync(process.argv[2], "utf8"));
const validator = new Validator();
const result = await validator.validate(document);
if (!result.valid) {
	console.error(JSON.stringify(result.errors, null, 1).slice(0, 4000));
	process.exit(1);
}
console.log(`OpenAPI ${validator.version}, ${Object.keys(document.paths).length} paths: valid`);
