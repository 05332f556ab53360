/* Twilio's Programmable Messaging, as far as text messages need it. */
#ifndef SMS_TWILIO_H
#define SMS_TWILIO_H

#include <caisson.h>

/* What is sent to whom. */
typedef struct {
    cs_str to, body;
    cs_str sender;
    cs_str callback; /* where Twilio tells what became of it; empty for nowhere */
} twilio_message;

/* The account, as Twilio shows it. */
bool twilio_account(cs_value *account);
/* Sends a message and says its SID. While Twilio has asked for a pause nothing is sent: 429. */
bool twilio_send(const twilio_message *message, cs_str *sid);
/* The messages to a number, newest first. */
bool twilio_messages(cs_str to, cs_value *messages);
/* When a message was made, in milliseconds since the epoch; 0 where that does not read. */
uint64_t twilio_made(cs_value message);
/* Why a message was not delivered, for staff. */
cs_str twilio_reason(int64_t code);

#endif
