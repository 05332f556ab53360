//! Mail through an SMTP server. Grant: a `[[capabilities.mail]]` line for host and port that names the password's setting.
//!
//! ```
//! use caisson_guest::mail::{Mail, Server};
//! use caisson_guest::{Result, config};
//!
//! fn invoice(to: &str, number: &str, pdf: Vec<u8>) -> Result<()> {
//!     let server = Server::starttls(config::require::<String>("settings.smtp_host")?)
//!         .login(config::require::<String>("settings.smtp_user")?, "smtp_password");
//!     Mail::new("Shop <shop@example.com>")
//!         .to(to)
//!         .subject(format!("Invoice {number}"))
//!         .text("Your invoice is attached.")
//!         .attach(format!("{number}.pdf"), "application/pdf", pdf)
//!         .message_id(format!("invoice-{number}@example.com"))
//!         .send(&server)?;
//!     Ok(())
//! }
//! #
//! # let host = caisson_guest::testing::Host::install();
//! # host.setting("smtp_host", "smtp.example.com");
//! # host.setting("smtp_user", "shop");
//! # invoice("jo@example.net", "7", vec![1]).unwrap();
//! # assert_eq!(host.mails()[0].message.subject, "Invoice 7");
//! ```
//!
//! The module names the secret setting that holds the password; the host reads it and logs in. A message is for every
//! recipient or for none. A server's 4xx answer becomes a problem that a job tries again, a 5xx answer one that is final.

use crate::bindings::host::caisson::module::types::Blob;
use crate::host::mail::{Attachment, Message, Security, Server as Contact};
use crate::{Result, host};

/// An SMTP server, and how to log in there.
#[derive(Clone, Debug)]
pub struct Server(Contact);

impl Server {
    /// Port 587: TLS after STARTTLS, and nothing without it.
    pub fn starttls(host: impl Into<String>) -> Self {
        Self::new(host.into(), 587, Security::Starttls)
    }

    /// Port 465: TLS from the start.
    pub fn tls(host: impl Into<String>) -> Self {
        Self::new(host.into(), 465, Security::Tls)
    }

    /// Port 25 without TLS: only towards addresses that the panel's operator opened to modules.
    pub fn plain(host: impl Into<String>) -> Self {
        Self::new(host.into(), 25, Security::None)
    }

    fn new(host: String, port: u16, security: Security) -> Self {
        Self(Contact { host, port, security, username: None, password_setting: None })
    }

    /// Another port than the usual one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.0.port = port;
        self
    }

    /// Logs in with a user name and the secret setting `password_setting` as password.
    #[must_use]
    pub fn login(mut self, user: impl Into<String>, password_setting: impl Into<String>) -> Self {
        self.0.username = Some(user.into());
        self.0.password_setting = Some(password_setting.into());
        self
    }
}

/// A message, until [`Mail::send`] sends it.
#[derive(Clone, Debug)]
#[must_use = "a message does nothing until it is sent"]
pub struct Mail(Message);

impl Mail {
    /// `from` is an address such as `shop@example.com` or `Shop <shop@example.com>`; so are all others.
    pub fn new(from: impl Into<String>) -> Self {
        Self(Message {
            from: from.into(),
            to: Vec::new(),
            reply_to: None,
            subject: String::new(),
            text: None,
            html: None,
            attachments: Vec::new(),
            message_id: None,
        })
    }

    /// One more recipient; a message has at most 50.
    pub fn to(mut self, address: impl Into<String>) -> Self {
        self.0.to.push(address.into());
        self
    }

    /// Where answers go, if not to the sender.
    pub fn reply_to(mut self, address: impl Into<String>) -> Self {
        self.0.reply_to = Some(address.into());
        self
    }

    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.0.subject = subject.into();
        self
    }

    /// The message for programs that show text; a message has text, HTML or both.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.0.text = Some(text.into());
        self
    }

    /// The message for programs that show HTML.
    pub fn html(mut self, html: impl Into<String>) -> Self {
        self.0.html = Some(html.into());
        self
    }

    /// A file. The whole message has at most 10 MiB as it is sent, where files are a third larger.
    pub fn attach(
        mut self,
        name: impl Into<String>,
        content_type: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
    ) -> Self {
        let content = Blob { content_type: content_type.into(), bytes: bytes.into() };
        self.0.attachments.push(Attachment { name: name.into(), content });
        self
    }

    /// A name such as `invoice-7@example.com`, the same in every try of a task: a server can tell a repeat by it. Where
    /// nothing is said, the host makes one up.
    pub fn message_id(mut self, id: impl Into<String>) -> Self {
        self.0.message_id = Some(id.into());
        self
    }

    /// Sends the message, and returns the server's answer.
    ///
    /// # Errors
    /// 403 without the grant, 422 where the message is none, 424 where the server refused it for good, 503 where it asks to try
    /// again, 504 where it did not answer in time.
    pub fn send(self, server: &Server) -> Result<String> {
        Ok(host::mail::send(&server.0, &self.0)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::mail::Error;
    use crate::testing::Host;

    #[test]
    fn a_message_goes_as_it_was_written() {
        let host = Host::install();
        let server = Server::tls("smtp.example.com").login("shop", "smtp_password");
        let mail =
            Mail::new("a@example.com").to("b@example.com").to("c@example.com").reply_to("d@example.com");
        mail.subject("S")
            .text("T")
            .html("<p>H</p>")
            .attach("f.txt", "text/plain", "F")
            .send(&server)
            .unwrap();
        let sent = host.mails().remove(0);
        assert_eq!((sent.server.port, sent.server.security), (465, Security::Tls));
        assert_eq!(sent.server.username.as_deref(), Some("shop"));
        assert_eq!(sent.server.password_setting.as_deref(), Some("smtp_password"));
        assert_eq!(sent.message.to, ["b@example.com", "c@example.com"]);
        assert_eq!(sent.message.reply_to.as_deref(), Some("d@example.com"));
        assert_eq!(sent.message.html.as_deref(), Some("<p>H</p>"));
        assert_eq!(sent.message.attachments[0].content.bytes, b"F");
        let open = Server::plain("relay.internal").port(2525);
        Mail::new("a@example.com").to("b@example.com").text("T").send(&open).unwrap();
        assert_eq!((host.mails()[1].server.port, host.mails()[1].server.security), (2525, Security::None));
    }

    #[test]
    fn answers_say_whether_another_try_may_help() {
        let cases = [
            (Error::Temporary("451 later".to_owned()), 503, false),
            (Error::Permanent("550 never".to_owned()), 424, true),
            (Error::Timeout, 504, false),
        ];
        for (error, code, is_final) in cases {
            let host = Host::install();
            host.on_mail(move |_| Err(error.clone()));
            let mail = Mail::new("a@example.com").to("b@example.com").text("T");
            let problem = mail.send(&Server::starttls("smtp.example.com")).unwrap_err();
            assert_eq!((problem.code, problem.is_final()), (code, is_final));
        }
    }
}
