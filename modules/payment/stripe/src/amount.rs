//! Amounts as Stripe counts them: mostly in the currency's smallest unit, as the panel does.

use caisson_guest::{Money, Problem, Result, i18n, json};

/// Without decimals for the panel, with two for Stripe, which are always 00.
const PADDED: [&str; 2] = ["ISK", "UGX"];
/// With two decimals for the panel, without for Stripe.
const WHOLE: [&str; 1] = ["MGA"];
/// With three decimals, the last of which has to be 0 for Stripe.
const THREE_DECIMALS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// # Errors
/// 409 where Stripe cannot take exactly this.
pub(crate) fn to_stripe(amount: &Money) -> Result<i64> {
    let (minor, code) = (amount.minor, amount.currency.as_str());
    let exact = match code {
        _ if PADDED.contains(&code) => minor.checked_mul(100),
        _ if WHOLE.contains(&code) => (minor % 100 == 0).then_some(minor / 100),
        _ if THREE_DECIMALS.contains(&code) => (minor % 10 == 0).then_some(minor),
        _ => Some(minor),
    };
    exact.ok_or_else(|| Problem::conflict(i18n::translate_with("odd-amount", &json!({ "currency": code }))))
}

/// `currency` in small letters, as Stripe writes it.
pub(crate) fn from_stripe(amount: i64, currency: &str) -> Money {
    let code = currency.to_ascii_uppercase();
    let minor = match code.as_str() {
        code if PADDED.contains(&code) => amount / 100,
        code if WHOLE.contains(&code) => amount.saturating_mul(100),
        _ => amount,
    };
    Money::new(minor, code)
}

#[cfg(test)]
mod tests {
    use caisson_guest::testing::Host;

    use super::*;

    #[test]
    fn each_currency_is_counted_as_stripe_counts_it() {
        let _host = Host::install();
        for (minor, code, stripe) in [
            (1_999, "EUR", Some(1_999)),
            (500, "JPY", Some(500)),
            (500, "XPF", Some(500)),
            (5, "ISK", Some(500)),
            (5, "UGX", Some(500)),
            (300, "MGA", Some(3)),
            (301, "MGA", None),
            (5_120, "KWD", Some(5_120)),
            (5_124, "KWD", None),
            (i64::MAX, "ISK", None),
        ] {
            let money = Money::new(minor, code);
            assert_eq!(to_stripe(&money).ok(), stripe, "{minor} {code}");
            if let Some(stripe) = stripe {
                assert_eq!(from_stripe(stripe, &code.to_ascii_lowercase()), money);
            }
        }
    }
}
