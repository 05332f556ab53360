/* How forms are checked and shown: the same for settings, products and services. */
#ifndef CAISSON_FORMS_H
#define CAISSON_FORMS_H

#include "internal.h"

bool cs_save_form(bool (*save)(cs_value *), const cs_str *json, cs_str *saved);
bool cs_show_form(bool (*show)(cs_value, cs_view *), const cs_str *json, cs_view *view);

#endif
