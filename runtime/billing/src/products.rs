//! What can be ordered.

use caisson_capabilities::CallContext;
use caisson_registry::Active;
use caisson_sandbox::{CallError, exports};
use caisson_storage::products::{self, Product};
use caisson_storage::{StorageError, audit};
use caisson_types::manifest::Field;
use caisson_types::money::Currency;
use caisson_types::{FieldError, ModuleKey, ProductId, Slug, Timestamp};
use serde_json::{Map, Value};

use crate::{Billing, BillingError, Result};

/// A product as a form or the API gives it.
#[derive(Clone, Debug)]
pub struct NewProduct {
    pub name: String,
    pub slug: String,
    pub description: String,
    pub module: ModuleKey,
    /// Values of the module's product fields.
    pub module_data: Map<String, Value>,
    pub price_minor: i64,
    pub currency: String,
    pub hidden: bool,
    /// None means that it does not run out.
    pub stock: Option<i64>,
}

impl Billing {
    /// # Errors
    /// [`BillingError::Invalid`] with an entry for each field that was refused, the module's included.
    pub async fn create_product(&self, new: NewProduct, actor: &str) -> Result<Product> {
        let product = self.checked_product(ProductId::new(), Timestamp::now(), new).await?;
        self.store_product(&product, actor, "product.create", true).await?;
        Ok(product)
    }

    /// # Errors
    /// As [`Billing::create_product`]; and a product keeps its module.
    pub async fn update_product(&self, id: ProductId, new: NewProduct, actor: &str) -> Result<Product> {
        let before = self.product(id).await?;
        if before.module != new.module {
            return Err(BillingError::field(
                "module",
                "A product keeps its module; make another product instead.",
            ));
        }
        let product = self.checked_product(id, before.created_at, new).await?;
        self.store_product(&product, actor, "product.update", false).await?;
        Ok(product)
    }

    /// Deletes a product that no service is of.
    ///
    /// # Errors
    /// [`BillingError::Conflict`] while there are services.
    pub async fn delete_product(&self, id: ProductId, actor: &str) -> Result<()> {
        let product = self.product(id).await?;
        let mut tx = self.db.begin().await?;
        products::delete(&mut tx, id).await.map_err(|error| match error {
            StorageError::ForeignKey => BillingError::Conflict(
                "There are services of this product; hide it instead, or delete them first.".to_owned(),
            ),
            other => other.into(),
        })?;
        let detail = serde_json::json!({ "slug": product.slug });
        audit::append(&mut tx, actor, "product.delete", &id.to_string(), &detail).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn store_product(&self, product: &Product, actor: &str, action: &str, new: bool) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let stored = if new {
            products::insert(&mut tx, product).await
        } else {
            products::update(&mut tx, product).await
        };
        stored.map_err(|error| match error {
            StorageError::Unique(_) => BillingError::field("slug", "Another product has this address."),
            other => other.into(),
        })?;
        audit::append(
            &mut tx,
            actor,
            action,
            &product.id.to_string(),
            &serde_json::json!({ "slug": product.slug }),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn checked_product(
        &self,
        id: ProductId,
        created_at: Timestamp,
        new: NewProduct,
    ) -> Result<Product> {
        let mut errors = Vec::new();
        if new.name.trim().is_empty() || new.name.chars().count() > 200 {
            errors.push(FieldError::new("name", "A name has 1 to 200 characters."));
        }
        let slug = new.slug.parse::<Slug>();
        if let Err(error) = &slug {
            errors.push(FieldError::new("slug", error.to_string()));
        }
        let currency = new.currency.parse::<Currency>();
        if currency.is_err() {
            errors.push(FieldError::new("currency", "This must be a currency code such as EUR."));
        }
        if new.price_minor < 0 {
            errors.push(FieldError::new("price_minor", "A price cannot be negative."));
        }
        if new.stock.is_some_and(|stock| stock < 0) {
            errors.push(FieldError::new("stock", "Stock cannot be negative."));
        }
        let active = self
            .registry
            .active(&new.module)
            .map_err(|error| BillingError::field("module", error.to_string()))?;
        let module_data = match self
            .checked_data(
                &active,
                &active.manifest.product,
                new.module_data,
                &exports::product::SAVE_PRODUCT_DATA,
            )
            .await
        {
            Ok(data) => data,
            Err(BillingError::Invalid(more)) => {
                errors.extend(
                    more.into_iter()
                        .map(|error| FieldError { field: format!("module_data.{}", error.field), ..error }),
                );
                Map::new()
            }
            Err(other) => return Err(other),
        };
        let (true, Ok(slug), Ok(currency)) = (errors.is_empty(), slug, currency) else {
            return Err(BillingError::Invalid(errors));
        };
        Ok(Product {
            id,
            slug,
            name: new.name.trim().to_owned(),
            description: new.description,
            module: new.module,
            module_data: Value::Object(module_data),
            hidden: new.hidden,
            price_minor: new.price_minor,
            currency,
            stock: new.stock,
            created_at,
            updated_at: Timestamp::now(),
        })
    }

    /// Values of a form that the manifest describes, checked by its fields and then by the module.
    pub(crate) async fn checked_data(
        &self,
        active: &Active,
        fields: &[Field],
        given: Map<String, Value>,
        export: &caisson_sandbox::Export<(String,), String>,
    ) -> Result<Map<String, Value>> {
        let form: Vec<Field> = fields.iter().filter(|field| !field.internal).cloned().collect();
        let values = Field::read_all(&form, &given).map_err(BillingError::Invalid)?;
        if !active.has(export) {
            return Ok(values);
        }
        let data = Value::Object(values).to_string();
        let answer =
            self.registry.call(active, CallContext::default(), export, (data,)).await.map_err(|error| {
                match error {
                    CallError::Problem(problem) if !problem.errors.is_empty() => {
                        BillingError::Invalid(problem.errors)
                    }
                    other => BillingError::Module(other),
                }
            })?;
        serde_json::from_str(&answer).map_err(|error| BillingError::Answer {
            module: active.key.to_string(),
            reason: format!("its data is not a JSON object ({error})"),
        })
    }

    /// # Errors
    /// Where there is none.
    pub async fn product(&self, id: ProductId) -> Result<Product> {
        let mut conn = self.db.conn().await?;
        products::by_id(&mut conn, id).await.map_err(BillingError::missing("product"))
    }

    /// # Errors
    /// Where the database cannot be read.
    pub async fn products(&self) -> Result<Vec<Product>> {
        let mut conn = self.db.conn().await?;
        Ok(products::list(&mut conn).await?)
    }
}
