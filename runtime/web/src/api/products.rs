use axum::extract::{Path, State};
use axum::http::StatusCode;
use caisson_billing::NewProduct;
use caisson_storage::products::Product;
use caisson_types::{ModuleKey, ProductId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::json::Json;
use crate::auth::ApiAdmin;
use crate::error::ErrorBody;
use crate::{ApiError, App};

/// Something that can be ordered.
#[derive(Serialize, ToSchema)]
pub(super) struct ProductBody {
    id: Uuid,
    name: String,
    slug: String,
    description: String,
    /// `<type>/<name>` of the module that provisions it.
    module: String,
    /// Values of the module's product fields.
    #[schema(value_type = Object)]
    module_data: Value,
    /// In the currency's smallest unit.
    price_minor: i64,
    currency: String,
    hidden: bool,
    /// None means that it does not run out.
    stock: Option<i64>,
}

impl From<Product> for ProductBody {
    fn from(product: Product) -> Self {
        Self {
            id: product.id.0,
            name: product.name,
            slug: product.slug.to_string(),
            description: product.description,
            module: product.module.to_string(),
            module_data: product.module_data,
            price_minor: product.price_minor,
            currency: product.currency.to_string(),
            hidden: product.hidden,
            stock: product.stock,
        }
    }
}

/// A product to make or to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewProductBody {
    name: String,
    slug: String,
    #[serde(default)]
    description: String,
    /// `<type>/<name>` of an active module.
    #[schema(value_type = String)]
    module: ModuleKey,
    #[serde(default)]
    #[schema(value_type = Object)]
    module_data: Map<String, Value>,
    price_minor: i64,
    /// ISO 4217.
    currency: String,
    #[serde(default)]
    hidden: bool,
    stock: Option<i64>,
}

impl From<NewProductBody> for NewProduct {
    fn from(body: NewProductBody) -> Self {
        Self {
            name: body.name,
            slug: body.slug,
            description: body.description,
            module: body.module,
            module_data: body.module_data,
            price_minor: body.price_minor,
            currency: body.currency,
            hidden: body.hidden,
            stock: body.stock,
        }
    }
}

/// Lists products.
#[utoipa::path(get, path = "/products", responses((status = OK, body = [ProductBody])))]
pub(super) async fn list_products(
    State(app): State<App>,
    _: ApiAdmin,
) -> Result<axum::Json<Vec<ProductBody>>, ApiError> {
    Ok(axum::Json(app.billing().products().await?.into_iter().map(ProductBody::from).collect()))
}

/// Makes a product.
#[utoipa::path(post, path = "/products", request_body = NewProductBody, responses((status = CREATED, body = ProductBody), (status = 422, body = ErrorBody)))]
pub(super) async fn create_product(
    State(app): State<App>,
    admin: ApiAdmin,
    Json(body): Json<NewProductBody>,
) -> Result<(StatusCode, axum::Json<ProductBody>), ApiError> {
    let product = app.billing().create_product(body.into(), &admin.email).await?;
    Ok((StatusCode::CREATED, axum::Json(product.into())))
}

/// Shows a product.
#[utoipa::path(get, path = "/products/{id}", params(("id" = Uuid, Path)), responses((status = OK, body = ProductBody), (status = 404, body = ErrorBody)))]
pub(super) async fn show_product(
    State(app): State<App>,
    _: ApiAdmin,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<ProductBody>, ApiError> {
    Ok(axum::Json(app.billing().product(ProductId(id)).await?.into()))
}

/// Changes a product; services keep what they were provisioned with until their package is changed.
#[utoipa::path(put, path = "/products/{id}", params(("id" = Uuid, Path)), request_body = NewProductBody, responses((status = OK, body = ProductBody), (status = 422, body = ErrorBody)))]
pub(super) async fn update_product(
    State(app): State<App>,
    admin: ApiAdmin,
    Path(id): Path<Uuid>,
    Json(body): Json<NewProductBody>,
) -> Result<axum::Json<ProductBody>, ApiError> {
    Ok(axum::Json(app.billing().update_product(ProductId(id), body.into(), &admin.email).await?.into()))
}
