/* Keys, digests and randomness, all made by the host. */
#include "internal.h"

static bool failed(const host_crypto_error_t *error) {
    switch (error->tag) {
    case HOST_CRYPTO_ERROR_CORRUPT: return cs_fail(500, "Sealed data of this module cannot be opened.");
    case HOST_CRYPTO_ERROR_MISSING: return cs_fail(424, "The setting '", error->val.missing, "' is missing.");
    case HOST_CRYPTO_ERROR_INVALID:
        return cs_host_failed("crypto", 500, "The module asked for a length that is not offered.", error->val.invalid);
    default: return cs_host_failed("crypto", 429, "The call used up its budget of encryption.", error->val.budget);
    }
}

/* Calls the host with what it gives and takes as bytes. */
#define BYTES(into, function, ...)                                                                                     \
    cs_list_u8_t made;                                                                                                 \
    host_crypto_error_t error;                                                                                         \
    if (!function(__VA_ARGS__, &made, &error)) return failed(&error);                                                  \
    *into = cs_as_str(made);                                                                                           \
    return true

bool cs_encrypt(cs_str plain, cs_str *sealed) {
    cs_list_u8_t bytes = cs_as_list(plain);
    BYTES(sealed, host_crypto_encrypt, &bytes);
}

bool cs_decrypt(cs_str sealed, cs_str *plain) {
    cs_list_u8_t bytes = cs_as_list(sealed);
    BYTES(plain, host_crypto_decrypt, &bytes);
}

bool cs_digest(cs_algorithm algorithm, cs_str bytes, cs_str *digest) {
    cs_list_u8_t data = cs_as_list(bytes);
    BYTES(digest, host_crypto_digest, (host_crypto_algorithm_t)algorithm, &data);
}

bool cs_hmac(cs_algorithm algorithm, const char *setting, cs_str bytes, cs_str *digest) {
    cs_str secret = cs_str_of(setting);
    cs_list_u8_t data = cs_as_list(bytes);
    BYTES(digest, host_crypto_hmac, (host_crypto_algorithm_t)algorithm, &secret, &data);
}

bool cs_random(uint32_t length, cs_str *bytes) { BYTES(bytes, host_crypto_random, length); }

bool cs_equal_secret(cs_str a, cs_str b) {
    cs_list_u8_t one = cs_as_list(a), other = cs_as_list(b);
    return host_crypto_equal(&one, &other);
}

bool cs_password(uint32_t length, cs_str *password) {
    host_crypto_error_t error;
    return host_crypto_password(length, password, &error) || failed(&error);
}

bool cs_name(const char *prefix, uint32_t length, cs_str *name) {
    /* 32 characters, so that a byte chooses among them evenly; the ones that look alike are left out. */
    static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";
    cs_str start = cs_str_of(prefix), bytes;
    CS_TRY(cs_random(length > start.len ? length - (uint32_t)start.len : 0, &bytes));
    for (size_t i = 0; i < bytes.len; i++) bytes.ptr[i] = (uint8_t)alphabet[bytes.ptr[i] % 32];
    *name = cs_concat(start, bytes);
    return true;
}

cs_str cs_uuid(void) {
    cs_str uuid;
    host_crypto_uuid(&uuid);
    return uuid;
}

/* The target has no clock of its own; the host's version 7 UUIDs begin with the time (RFC 9562, section 5.7). */
uint64_t cs_now(void) {
    cs_str uuid = cs_uuid();
    uint64_t now = 0;
    for (size_t i = 0, digits = 0; i < uuid.len && digits < 12; i++) {
        uint8_t digit = uuid.ptr[i];
        if (digit == '-') continue;
        now = now * 16 + (digit <= '9' ? digit - '0' : digit - 'a' + 10);
        digits++;
    }
    return now;
}
