/* vendor.c -- the attributes and elements that other programs add to BPMN. Three kinds: those
 * without meaning for an approval (looks, forms, jobs), those we carry over (who is asked, the
 * starter), and all others, which are refused. */
#include <ctype.h>
#include "runtime/bpmn/graph.h"

static const char *const vendors[] = { "http://activiti.org/bpmn", "http://flowable.org/bpmn",
				       "http://camunda.org/schema/1.0/bpmn",
				       "http://www.camunda.com/fox", NULL };

/* Whole namespaces of drawing programs. */
static const char *const drawing[] = { "http://flowable.org/design",
				       "http://flowable.org/modeler",
				       "http://www.flowable.org/modeler",
				       "http://activiti.com/modeler",
				       "http://camunda.org/schema/modeler/1.0",
				       "http://bpmn.io/schema/bpmn/biocolor/1.0",
				       "http://bpmn.io/schema/bpmn",
				       "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
				       "http://www.signavio.com",
				       "http://www.w3.org/2001/XMLSchema-instance",
				       "http://www.w3.org/XML/1998/namespace",
				       TENON_SPACE,
				       NULL };

static const char *const plain_attributes[] = {
	/* carried over */
	"assignee", "candidateUsers", "candidateGroups", "candidateStarterUsers",
	"candidateStarterGroups", "initiator", "dueDate", "businessCalendarName", "collection",
	"elementVariable", "terminateAll",
	/* forms and lists of the vendor's own pages */
	"formKey", "formRef", "formRefBinding", "formRefVersion", "formFieldValidation",
	"sameDeployment", "category", "priority", "followUpDate", "owner", "isStartableInTasklist",
	/* how its job executor works */
	"async", "asyncBefore", "asyncAfter", "asyncLeave", "exclusive", "jobPriority",
	"taskPriority", "historyTimeToLive", "versionTag", "isEagerExecutionFetching",
	/* names of variables only its code reads */
	"taskIdVariableName", "taskCompleterVariableName", "elementIndexVariable", NULL
};
static const char *const plain_elements[] = { "formData",
					      "formProperty",
					      "properties",
					      "property",
					      "localization",
					      "historyLevel",
					      "failedJobRetryTimeCycle",
					      "work-form-field-validation",
					      "task-candidates-type",
					      "jobCategory",
					      "includeInHistory",
					      "customResource",
					      "collection",
					      "versionTag",
					      NULL };
/* Parts of an outside event that starts a run; the start itself is told to the person (graph.c). */
static const char *const start_elements[] = { "eventType",
					      "eventName",
					      "eventCorrelationParameter",
					      "eventOutParameter",
					      "startEventCorrelationConfiguration",
					      "channelKey",
					      "channelName",
					      "channelType",
					      NULL };
/* Moves data between variables. Records hold our data: told to the person, unless a condition reads
 * what it sets. */
static const char *const data_elements[] = { "variableAggregation", "inputOutput", NULL };

static bool among(const char *const *list, const char *name) {
	for (; *list; list++)
		if (!strcmp(*list, name)) return true;
	return false;
}

const char *vendor_get(const struct xml *e, const char *name) {
	for (size_t i = 0; i < e->n; i++)
		if (among(vendors, e->attributes[i].space) && !strcmp(e->attributes[i].name, name))
			return e->attributes[i].value;
	return NULL;
}

static void refuse(struct bpmn *g, const struct xml *e, const char *space, const char *name) {
	bpmn_refuse(g, true,
		    PROBLEM(g->arena, INVALID, "bpmn_extension", "name", name, "space", space,
			    BPMN_PLACE(g->arena, e)));
}

/* A collection given by an element holds text or names code. */
static bool holds_code(const struct xml *e) {
	for (size_t i = 0; i < e->n; i++)
		if (!strcmp(e->attributes[i].name, "class") ||
		    !strcmp(e->attributes[i].name, "delegateExpression"))
			return true;
	return false;
}

static bool has_word(const char *text, const char *word) {
	size_t n = strlen(word);
	for (const char *at = text; n && (at = strstr(at, word)) != NULL; at++) {
		char before = at > text ? at[-1] : ' ', after = at[n];
		if (!isalnum((unsigned char)before) && !isalnum((unsigned char)after)) return true;
	}
	return false;
}

static bool condition_reads(const struct xml *process, const char *name) {
	for (const struct xml *f = process ? process->first : NULL; f; f = f->next) {
		const struct xml *c = xml_child(f, BPMN_SPACE, "conditionExpression");
		if (c && has_word(c->text, name)) return true;
	}
	return false;
}

static const struct xml *process_of(const struct xml *e) {
	while (e && !xml_is(e, BPMN_SPACE, "process")) e = e->parent;
	return e;
}

/* A name it sets stands in a condition, or a script sets it. */
static bool decides(const struct xml *e, const struct xml *process) {
	const char *name = xml_get(e, "name"), *target = xml_get(e, "target");
	if (!strcmp(e->name, "script") || holds_code(e)) return true;
	if ((name && condition_reads(process, name)) ||
	    (target && condition_reads(process, target)))
		return true;
	for (const struct xml *c = e->first; c; c = c->next)
		if (decides(c, process)) return true;
	return false;
}

static void element_check(struct bpmn *g, const struct xml *e, const struct xml *c) {
	bool start = xml_is(e, BPMN_SPACE, "startEvent"), known = among(vendors, c->space);
	if (among(drawing, c->space) || (start && known && among(start_elements, c->name))) return;
	if (known && among(data_elements, c->name) && !decides(c, process_of(e)))
		bpmn_hint(g, PROBLEM(g->arena, INVALID, "bpmn_left_data", "name", c->name,
				     BPMN_PLACE(g->arena, e)));
	else if (!known || !among(plain_elements, c->name) || holds_code(c))
		refuse(g, e, c->space, c->name);
}

void vendor_check(struct bpmn *g, const struct xml *e) {
	for (size_t i = 0; i < e->n; i++) {
		const struct xml_attribute *at = &e->attributes[i];
		bool plain = !*at->space || among(drawing, at->space) ||
			     (among(vendors, at->space) && among(plain_attributes, at->name));
		if (!plain) refuse(g, e, at->space, at->name);
	}
	const struct xml *extra = xml_child(e, BPMN_SPACE, "extensionElements");
	for (const struct xml *c = extra ? extra->first : NULL; c; c = c->next)
		element_check(g, e, c);
}
