use super::NOT_OFFERED;
use crate::CallState;
use crate::bindings::caisson::module as wit;

/// Implements functions that answer `unavailable`.
macro_rules! unavailable {
    ($($interface:ident { $($function:ident($($argument:ty),*) -> $result:ty),+ $(,)? })+) => {$(
        impl wit::$interface::Host for CallState {
            $(unavailable!(@function $interface $function ($($argument),*) -> $result);)+
        }
    )+};
    (@function $interface:ident $function:ident () -> $result:ty) => {
        fn $function(&mut self) -> wasmtime::Result<Result<$result, wit::$interface::Error>> {
            self.refuse(concat!(stringify!($interface), ".", stringify!($function)), wit::$interface::Error::Unavailable)
        }
    };
    (@function $interface:ident $function:ident ($a:ty) -> $result:ty) => {
        fn $function(&mut self, _: $a) -> wasmtime::Result<Result<$result, wit::$interface::Error>> {
            self.refuse(concat!(stringify!($interface), ".", stringify!($function)), wit::$interface::Error::Unavailable)
        }
    };
    (@function $interface:ident $function:ident ($a:ty, $b:ty) -> $result:ty) => {
        fn $function(&mut self, _: $a, _: $b) -> wasmtime::Result<Result<$result, wit::$interface::Error>> {
            self.refuse(concat!(stringify!($interface), ".", stringify!($function)), wit::$interface::Error::Unavailable)
        }
    };
    (@function $interface:ident $function:ident ($a:ty, $b:ty, $c:ty) -> $result:ty) => {
        fn $function(&mut self, _: $a, _: $b, _: $c) -> wasmtime::Result<Result<$result, wit::$interface::Error>> {
            self.refuse(concat!(stringify!($interface), ".", stringify!($function)), wit::$interface::Error::Unavailable)
        }
    };
    (@function $interface:ident $function:ident ($a:ty, $b:ty, $c:ty, $d:ty) -> $result:ty) => {
        fn $function(&mut self, _: $a, _: $b, _: $c, _: $d) -> wasmtime::Result<Result<$result, wit::$interface::Error>> {
            self.refuse(concat!(stringify!($interface), ".", stringify!($function)), wit::$interface::Error::Unavailable)
        }
    };
}

impl CallState {
    fn refuse<T, E>(
        &mut self,
        name: &'static str,
        error: impl FnOnce(String) -> E,
    ) -> wasmtime::Result<Result<T, E>> {
        let since = self.enter()?;
        self.exit(name, since, crate::Outcome::Error, Some("not offered".to_owned()));
        Ok(Err(error(NOT_OFFERED.to_owned())))
    }
}

unavailable! {
    payments {
        get_invoice(String) -> wit::payments::Invoice,
        record_payment(wit::payments::Payment) -> wit::payments::Outcome,
        record_failure(String, String, String) -> wit::payments::Outcome,
        record_refund(String, String, wit::types::Money) -> wit::payments::Outcome,
    }
    notifications {
        notify(wit::notifications::Recipient, String, String) -> (),
    }
}

impl wit::types::Host for CallState {}
