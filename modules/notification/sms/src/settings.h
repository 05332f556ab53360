/* What an administrator fills in. */
#ifndef SMS_SETTINGS_H
#define SMS_SETTINGS_H

#include <caisson.h>

/* A telephone number in E.164, such as `+48123456789`. */
bool is_phone(cs_str text);
bool save_settings(cs_value *settings);
bool settings_page(cs_value settings, cs_view *view);
bool test_connection(cs_value settings, cs_str *text);

#endif
