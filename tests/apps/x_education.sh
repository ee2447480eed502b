#!/bin/sh
# X Education: 9,240 leads of 37 columns. "Select" is what the web form showed where nobody chose: it means empty, as a blank does; one
# source is written in two ways (google, Google). 3,561 were converted.
. "$(dirname "$0")/lib.sh"
need x_education_leads
csv=$shared/x_education_leads/Leads.csv
map=$here/x_education/maps/leads.json
serve x_education
count() { get /api/x_education/lead "filter=$1" limit=1 count=exact | jq .count; }
column() { # the values of a column of the file, one a line
	python3 -c 'import csv, sys; [print(r[sys.argv[2]]) for r in csv.DictReader(open(sys.argv[1], encoding="utf-8"))]' "$csv" "$1"
}
blank() { column "$1" | grep -cx 'Select\|' || true; }

is 'leads' '9240 read, 9240 created, 0 updated, 0 skipped, 0 failed' "$(import x_education lead "$csv" --map "$map")"
is 'converted' 3561 "$(count 'converted == true')"
is 'Google under its one name' "$(column 'Lead Source' | grep -cix google)" "$(count "source == 'Google'")"
is 'and not under the other' 0 "$(count "source == 'google'")"
is 'without a city' "$(blank City)" "$(count 'city == null')"
is 'without a profile' "$(blank 'Lead Profile')" "$(count 'profile == null')"
is 'without a specialization' "$(blank Specialization)" "$(count 'specialization == null')"
is 'without a source' "$(blank 'Lead Source')" "$(count 'source == null')"
is 'nobody chose Select' 0 "$(count "city == 'Select' or profile == 'Select' or specialization == 'Select' or heard_from == 'Select'")"
is 'visits unknown, which is not none' "$(column TotalVisits | grep -cx '')" "$(count 'visits == null')"
is 'of high activity' "$(column 'Asymmetrique Activity Index' | grep -c High)" "$(count "activity_index == 'high'")"
is 'again' '9240 read, 0 created, 9240 updated, 0 skipped, 0 failed' "$(import x_education lead "$csv" --map "$map" --mode upsert)"
is 'none doubled' 9240 "$(count 'number > 0')"
