/* Requests that reach the module through the panel, and its responses to them. */
#ifndef CAISSON_EXCHANGE_H
#define CAISSON_EXCHANGE_H

#include "problem.h"

typedef cs_request_t cs_request;
typedef cs_response_t cs_response;
typedef cs_view_t cs_view;

/* A parameter of the declared route, such as `uuid` in `server/{uuid}`; empty where there is none, as with the next
 * three. */
cs_str cs_param(const cs_request *request, const char *name);
cs_str cs_query_param(const cs_request *request, const char *name);
cs_str cs_form_field(const cs_request *request, const char *name);
cs_str cs_header(const cs_request *request, const char *name);
/* The whole form, as an object of texts. */
cs_value cs_form(const cs_request *request);
/* The JSON body; 422 where it is none. */
bool cs_request_json(const cs_request *request, cs_value *value);
/* Whether the person behind the request holds one of this module's permissions. */
bool cs_may(const cs_request *request, const char *permission);

/* Each fills in what is answered and returns true: `return cs_respond_text(response, "Done.")`. */
bool cs_show(cs_view *view, const char *template, cs_value data);
bool cs_respond_view(cs_response *response, const char *template, cs_value data);
bool cs_respond_json(cs_response *response, cs_value value);
/* Answering a client's action, it is the message shown above the tab. */
#define cs_respond_text(response, ...) cs_respond_with(response, cs_concat(__VA_ARGS__))
bool cs_respond_with(cs_response *response, cs_str text);
/* Bytes to download. */
bool cs_respond_blob(cs_response *response, const char *content_type, cs_str bytes);
/* To a path below the module's own prefix, or to a URL of a granted host. */
bool cs_respond_redirect(cs_response *response, cs_str to);
bool cs_respond_empty(cs_response *response);
/* One more header; the host drops those outside its allow-list. */
void cs_respond_header(cs_response *response, const char *name, cs_str value);

#endif
