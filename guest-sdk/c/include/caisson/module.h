/* What a module is: a table of functions. What is left out has a default. */
#ifndef CAISSON_MODULE_H
#define CAISSON_MODULE_H

#include "exchange.h"
#include "services.h"
#include "tasks.h"

typedef exports_jobs_job_t cs_job;
typedef exports_hooks_event_t cs_event;

#ifdef CAISSON_PRODUCT
/* What can be done with a service. */
typedef enum { CS_CREATE, CS_SUSPEND, CS_UNSUSPEND, CS_TERMINATE, CS_CHANGE_PACKAGE } cs_verb;

/* What a service uses now: cs_metric(metrics, "quota", 5, "MB"). */
typedef exports_product_list_metric_t cs_metrics;
bool cs_metric(cs_metrics *metrics, const char *name, double value, const char *unit);
#endif

#ifdef CAISSON_NOTIFICATION
typedef exports_notification_channel_t cs_channel;
typedef exports_notification_message_t cs_message;
typedef exports_notification_delivery_t cs_delivery;

/* What a provider says of messages: cs_report(reports, message, CS_FATE_DELIVERED, none). */
typedef exports_notification_list_report_t cs_reports;
enum {
    CS_FATE_ACCEPTED = EXPORTS_NOTIFICATION_FATE_ACCEPTED,
    CS_FATE_DELIVERED = EXPORTS_NOTIFICATION_FATE_DELIVERED,
    CS_FATE_FAILED = EXPORTS_NOTIFICATION_FATE_FAILED,
};
/* `message` is the id that it had; `reason`, where there is one, is for staff. */
bool cs_report(cs_reports *reports, cs_str message, uint8_t fate, cs_str reason);
#endif

typedef struct {
    /* Idempotent, all three. A problem leaves the module as it was. */
    bool (*activate)(void);
    bool (*deactivate)(void);
    bool (*update)(cs_str from_version);
    /* A queued or scheduled job. Verbs of a product module have functions of their own and do not come here. */
    bool (*job)(const cs_job *job, cs_value *result);
    /* An event that the manifest subscribes to; it may come again with the same id. See cs_veto. */
    bool (*on_event)(const cs_event *event);
    /* A page or API request in the administration area. */
    bool (*admin)(cs_str route, const cs_request *request, cs_response *response);
    /* Checks and normalises the settings form. */
    bool (*save_settings)(cs_value *settings);
    /* What stands under it. */
    bool (*settings_page)(cs_value settings, cs_view *view);
    /* Tries the settings out, as cs_setting and credentials answer during this call. The text is shown. */
    bool (*test_connection)(cs_value settings, cs_str *text);

#ifdef CAISSON_PRODUCT
    /* What the product form and the order form show: defaults, a name in place of an id. Both are checked and normalised when
     * they are saved. */
    bool (*product_data)(cs_value *data);
    bool (*save_product_data)(cs_value *data);
    bool (*product_page)(cs_value data, cs_view *view);
    bool (*service_data)(cs_value *data);
    bool (*save_service_data)(cs_value *data);
    /* The module's part of the service page in the administration area. */
    bool (*service_page)(const cs_service *service, cs_view *view);

    /* The work of each verb, which its task calls; it may run again after a failure or a lost worker. When it returns
     * true, the provision status becomes what the verb leads to, unless cs_service_status has set another. Mint names
     * and passwords first, store them with cs_service_set, then call the provider. Taken for done is what is gone
     * already, or there. */
    bool (*create)(const cs_service *service);
    bool (*suspend)(const cs_service *service);
    bool (*unsuspend)(const cs_service *service);
    bool (*terminate)(const cs_service *service);
    /* Makes the service what its product data says already. */
    bool (*change_package)(const cs_service *service, cs_value previous);
    /* Changes how a verb's task is queued. */
    void (*tune_task)(cs_verb verb, cs_task *task);
    /* Instead of queueing a task: for verbs where there is nothing to wait for. */
    struct {
        bool (*create)(const cs_service *service);
        bool (*suspend)(const cs_service *service);
        bool (*unsuspend)(const cs_service *service);
        bool (*terminate)(const cs_service *service);
        bool (*change_package)(const cs_service *service, cs_value previous);
    } at_once;

    /* A button that the manifest declares. The text, if there is any, is shown. */
    bool (*run_action)(cs_str action, const cs_service *service, cs_str *text);
    /* A URL that signs the client in at the provider. */
    bool (*single_sign_on)(const cs_service *service, cs_str *url);
    bool (*usage)(const cs_service *service, cs_metrics *metrics);
    /* What the template of a client's tab shows: an object. */
    bool (*tab)(cs_str tab, const cs_service *service, const cs_request *request, cs_value *data);
    /* A request of a client's tab. */
    bool (*client_action)(cs_str action, const cs_service *service, const cs_request *request, cs_response *response);
#endif

#ifdef CAISSON_PAYMENT
    /* What the client sees to pay. */
    bool (*checkout)(const cs_gateway *gateway, const cs_invoice *invoice, cs_view *view);
    /* A callback of the gateway. Act on what is verified only. */
    bool (*webhook)(const cs_gateway *gateway, const cs_request *request, const cs_verification *verification,
                    cs_response *response);
    /* The client came back. */
    bool (*returned)(const cs_gateway *gateway, const cs_request *request, cs_response *response);
    /* Asks the gateway how an open invoice stands, and records it. */
    bool (*reconcile)(const cs_gateway *gateway, const cs_invoice *invoice);
    /* Charges a stored method; the transaction's id. */
    bool (*charge)(const cs_gateway *gateway, const cs_invoice *invoice, cs_str token, cs_str *transaction);
    /* Pays back; the refund's id. */
    bool (*refund)(const cs_gateway *gateway, cs_str transaction, cs_money amount, cs_str *refund);
    /* A request of the payment form. */
    bool (*client_action)(cs_str action, const cs_request *request, cs_response *response);
#endif

#ifdef CAISSON_NOTIFICATION
    /* Delivers one message. Problems of code 429 and 5xx are tried again with the same id; others are final. */
    bool (*send)(const cs_channel *channel, const cs_message *message, cs_delivery *delivery);
    /* The provider says at the channel's callback_url what became of messages; the host has verified it as the
     * manifest's [webhook] says. */
    bool (*callback)(const cs_channel *channel, const cs_request *request, cs_reports *reports, cs_response *response);
#endif
} cs_module;

/* Defines the module, once: CAISSON_MODULE(.activate = activate, .create = create, …). */
#define CAISSON_MODULE(...) const cs_module caisson_module = {__VA_ARGS__}
extern const cs_module caisson_module;

/* In on_event, of an event that is asked before the fact: it may not happen. */
#define cs_veto(...) cs_veto_with(cs_concat(__VA_ARGS__))
bool cs_veto_with(cs_str reason);

#endif
