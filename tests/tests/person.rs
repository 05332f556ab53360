//! Somebody who sits before the panel in a browser.

use std::time::Duration;

use caisson_tests::support::{Browser, until};
use thirtyfour::{By, WebElement};

const SOON: Duration = Duration::from_secs(15);

/// A person at the panel.
pub(super) struct Person {
    pub(super) browser: Browser,
    pub(super) panel: String,
}

impl Person {
    pub(super) async fn open(&self, path: &str) {
        self.browser.goto(format!("{}{path}", self.panel)).await.unwrap();
    }

    /// The element, once it is there and can be seen.
    pub(super) async fn see(&self, css: &str) -> WebElement {
        until(SOON, &format!("'{css}' on the page"), async || {
            let found = self.browser.find(By::Css(css)).await.ok()?;
            found.is_displayed().await.ok()?.then_some(found)
        })
        .await
        .unwrap()
    }

    pub(super) async fn type_into(&self, name: &str, text: &str) {
        let field = self.see(&format!("[name=\"{name}\"]")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(super) async fn choose(&self, name: &str, label: &str) {
        let path = format!("//select[@name='{name}']/option[contains(normalize-space(), '{label}')]");
        self.browser.find(By::XPath(path)).await.unwrap().click().await.unwrap();
    }

    /// Presses what carries the words, inside `main` so that menus of the frame are left alone.
    pub(super) async fn press(&self, words: &str) {
        let path =
            format!("//main//*[self::button or self::a or self::summary][normalize-space()='{words}']");
        until(SOON, &format!("'{words}' to be pressed"), async || {
            let found = self.browser.find_all(By::XPath(path.as_str())).await.ok()?;
            for one in found {
                if one.is_displayed().await.unwrap_or(false) && one.click().await.is_ok() {
                    return Some(());
                }
            }
            None
        })
        .await
        .unwrap();
    }

    pub(super) async fn reads(&self, words: &str) {
        until(SOON, &format!("'{words}' to be read"), async || {
            let text = self.browser.find(By::Tag("main")).await.ok()?.text().await.ok()?;
            text.to_lowercase().contains(&words.to_lowercase()).then_some(())
        })
        .await
        .unwrap();
    }

    /// What a long page has below its first screen.
    pub(super) async fn photograph_below(&self, name: &str) {
        self.browser.resize(1280, 2_000).await.unwrap();
        self.browser.execute("window.scrollTo(0, document.body.scrollHeight)", Vec::new()).await.unwrap();
        self.browser.save_screenshot(&format!("{name}-below")).await.unwrap();
        self.browser.resize(1280, 900).await.unwrap();
    }

    pub(super) async fn photograph(&self, name: &str) {
        for (suffix, dark, width) in [("", false, 1280), ("-dark", true, 1280), ("-narrow", false, 390)] {
            self.browser.prefer_dark(dark).await.unwrap();
            self.browser.resize(width, 900).await.unwrap();
            let overflow =
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            let overflow = self.browser.execute(overflow, Vec::new()).await.unwrap();
            assert_eq!(overflow.json(), &serde_json::json!(0), "{name}{suffix} is wider than the screen");
            self.browser.save_screenshot(&format!("{name}{suffix}")).await.unwrap();
        }
        self.browser.prefer_dark(false).await.unwrap();
        self.browser.resize(1280, 900).await.unwrap();
    }
}
