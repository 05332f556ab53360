//! Whose an invoice is.

use serde_json::json;

use super::Scene;

#[tokio::test]
async fn an_invoice_is_its_clients_alone() {
    let _case = caisson_threats::case(35, "another client's invoice and its way back");
    let mut scene = Scene::start(None).await;
    let other = json!({ "email": "eve@example.com", "name": "Eve", "currency": "EUR" });
    let eve = scene.admin.api.post("/clients", &other).await.unwrap().expect(201).unwrap();
    let new = json!({ "client_id": eve["id"], "currency": "EUR", "total_minor": 100, "description": "Hers" });
    let made = scene.admin.api.post("/invoices", &new).await.unwrap().expect(201).unwrap();
    let hers = made["id"].as_str().unwrap();
    let mut draft = new.clone();
    (draft["client_id"], draft["draft"]) = (json!(scene.client), json!(true));
    let draft = scene.admin.api.post("/invoices", &draft).await.unwrap().expect(201).unwrap();
    for invoice in [hers, draft["id"].as_str().unwrap()] {
        assert_eq!(scene.ada.open(&format!("/client/invoices/{invoice}")).await.unwrap().status, 404);
        let back = format!("/client/gateways/stripe/return/{invoice}");
        assert_eq!(scene.ada.open(&back).await.unwrap().status, 404);
        scene.ada.open("/client/invoices").await.unwrap();
        let paying = format!("/client/invoices/{invoice}/pay/stripe");
        assert_eq!(scene.ada.submit(&paying, &[]).await.unwrap().status, 404);
    }
    let own = scene.invoice(100, "EUR").await;
    scene.ada.open(&format!("/client/invoices/{own}")).await.unwrap();
    let nowhere = scene.ada.submit(&format!("/client/invoices/{own}/pay/nothing"), &[]).await.unwrap();
    assert_eq!(nowhere.status, 404);
    let mut stranger = scene.panel.visitor().unwrap();
    let back = stranger.open(&format!("/client/gateways/stripe/return/{own}")).await.unwrap();
    assert!(back.path.starts_with("/client/login?next="), "{}", back.path);
    assert!(scene.stripe.requests().is_empty());
}
