//! Values of columns.

pub use crate::bindings::host::caisson::module::database::Value;

/// What can be stored or compared with. Text goes for UUIDs, dates, IP addresses and JSON too: the column says what it is.
pub trait ToValue {
    fn to_value(&self) -> Value;
}

/// An exact decimal, such as `decimal("12.50")`.
#[must_use]
pub fn decimal(text: impl Into<String>) -> Value {
    Value::Decimal(text.into())
}

#[must_use]
pub fn bytes(bytes: impl Into<Vec<u8>>) -> Value {
    Value::Bytes(bytes.into())
}

impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value {
        Value::Boolean(*self)
    }
}

impl ToValue for f64 {
    fn to_value(&self) -> Value {
        Value::Real(*self)
    }
}

macro_rules! integers {
    ($($integer:ty),+) => {$(
        impl ToValue for $integer {
            fn to_value(&self) -> Value {
                Value::Integer(i64::from(*self))
            }
        }
    )+};
}

integers!(i8, i16, i32, i64, u8, u16, u32);

impl ToValue for u64 {
    /// A moment in milliseconds, as [`crate::time::now`] gives it, or a number.
    fn to_value(&self) -> Value {
        i64::try_from(*self).map_or(Value::Timestamp(*self), Value::Integer)
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (*self).to_value()
    }
}

impl ToValue for serde_json::Value {
    /// Arrays and objects are documents; everything else is what it is.
    fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Boolean(*flag),
            Self::Number(number) => match number.as_i64() {
                Some(integer) => Value::Integer(integer),
                None => Value::Real(number.as_f64().unwrap_or(f64::NAN)),
            },
            Self::String(text) => Value::Text(text.clone()),
            Self::Array(_) | Self::Object(_) => Value::Json(self.to_string()),
        }
    }
}
