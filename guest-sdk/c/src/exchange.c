/* Requests and responses. */
#include "internal.h"

static cs_str find(const cs_parameter_t *parameters, size_t len, const char *name) {
    for (size_t i = 0; i < len; i++) {
        if (cs_equal(parameters[i].name, name)) return parameters[i].value;
    }
    return (cs_str){0};
}

cs_str cs_param(const cs_request *request, const char *name) {
    return find(request->params.ptr, request->params.len, name);
}

cs_str cs_query_param(const cs_request *request, const char *name) {
    return find(request->query.ptr, request->query.len, name);
}

cs_str cs_form_field(const cs_request *request, const char *name) {
    return find(request->form.ptr, request->form.len, name);
}

cs_value cs_form(const cs_request *request) {
    cs_value form = {.kind = CS_OBJECT};
    for (size_t i = 0; i < request->form.len; i++) {
        cs_set(&form, cs_c_str(request->form.ptr[i].name), request->form.ptr[i].value);
    }
    return form;
}

cs_str cs_header(const cs_request *request, const char *name) {
    for (size_t i = 0; i < request->headers.len; i++) {
        if (cs_equal_nocase(request->headers.ptr[i].name, cs_str_of(name))) return request->headers.ptr[i].value;
    }
    return (cs_str){0};
}

bool cs_request_json(const cs_request *request, cs_value *value) {
    return cs_parse(cs_as_str(request->body), value) || cs_fail(422, "The body is no JSON.");
}

bool cs_may(const cs_request *request, const char *permission) {
    for (size_t i = 0; i < request->actor.permissions.len; i++) {
        if (cs_equal(request->actor.permissions.ptr[i], permission)) return true;
    }
    return false;
}

bool cs_show(cs_view *view, const char *template, cs_value data) {
    *view = (cs_view){cs_str_of(template), cs_given(data) ? cs_json(data) : cs_s("{}")};
    return true;
}

static bool respond(cs_response *response, uint16_t status, cs_body_t body) {
    *response = (cs_response){.status = status, .body = body};
    return true;
}

bool cs_respond_view(cs_response *response, const char *template, cs_value data) {
    cs_body_t body = {.tag = CS_BODY_VIEW};
    return cs_show(&body.val.view, template, data) && respond(response, 200, body);
}

bool cs_respond_json(cs_response *response, cs_value value) {
    return respond(response, 200, (cs_body_t){CS_BODY_JSON, {.json = cs_json(value)}});
}

bool cs_respond_with(cs_response *response, cs_str text) {
    return respond(response, 200, (cs_body_t){CS_BODY_TEXT, {.text = text}});
}

bool cs_respond_blob(cs_response *response, const char *content_type, cs_str bytes) {
    return respond(response, 200, (cs_body_t){CS_BODY_BLOB, {.blob = {cs_str_of(content_type), cs_as_list(bytes)}}});
}

bool cs_respond_redirect(cs_response *response, cs_str to) {
    return respond(response, 303, (cs_body_t){CS_BODY_REDIRECT, {.redirect = to}});
}

bool cs_respond_empty(cs_response *response) { return respond(response, 204, (cs_body_t){.tag = CS_BODY_EMPTY}); }

void cs_respond_header(cs_response *response, const char *name, cs_str value) {
    CS_APPEND(response->headers, (cs_header_t){cs_str_of(name), value});
}
