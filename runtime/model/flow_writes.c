/* flow_writes.c -- which fields a part of a flow may change: those its people may edit and those
 * its actions set. A flow inside may change whatever it likes. */
#include "runtime/model/verify_flow.h"

enum { DEEP = 16 };

static void edited(const struct flow *flow, const uint8_t *rights, bool *fields) {
	for (size_t i = 0; rights && i < flow->form->field_count; i++)
		fields[i] = fields[i] || rights[i] == RIGHT_EDIT;
}

/* depth: buttons that call buttons; the loader refuses circles (VR03). */
static void acted(const struct flow *flow, const struct actions *list, bool *fields, int depth) {
	for (size_t i = 0; i < list->n; i++) {
		const struct act *a = &list->items[i];
		bool here = a->kind == DO_SET || (a->kind == DO_UPDATE && a->form == flow->form);
		for (size_t k = 0; here && k < a->value_count; k++)
			fields[a->values[k].field->index] = true;
		if (a->link) fields[a->link->index] = true;
		acted(flow, &a->then, fields, depth);
		acted(flow, &a->otherwise, fields, depth);
		const struct program *called =
			a->button && a->button->button ? a->button->button->program : NULL;
		if (called && depth < DEEP) acted(flow, &called->actions, fields, depth + 1);
	}
}

bool flow_step_writes(const struct flow *flow, const struct step *step, bool *fields) {
	bool any = step->kind == STEP_SUB;
	edited(flow, step->fields, fields);
	if (step->program) acted(flow, &step->program->actions, fields, 0);
	for (size_t i = 0; i < step->list_count; i++)
		any = flow_list_writes(flow, step->lists[i], fields) || any;
	return any;
}

bool flow_list_writes(const struct flow *flow, const struct step_list *list, bool *fields) {
	bool any = false;
	for (size_t i = 0; i < list->n; i++)
		any = flow_step_writes(flow, list->steps[i], fields) || any;
	return any;
}
