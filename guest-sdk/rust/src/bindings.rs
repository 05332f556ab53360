//! The guest's side of the contract, generated from `wit/`. Nobody else writes `generate!`.
//!
//! What a world exports is the sum of parts: [`common`] for every module, and [`product`], [`client_area`], [`payment`] or
//! [`notification`] by type. Each part is generated once, over the types of [`host`]. The custom section that tells the
//! component encoder of a part is emitted where [`crate::export!`] names it; the encoder adds the parts up, and drops the
//! imports that the module never calls.

/// Everything a module may import, and the types that both sides share.
pub mod host {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package caisson:guest;
            world imports {
                import caisson:module/log@0.1.0;
                import caisson:module/config@0.1.0;
                import caisson:module/http@0.1.0;
                import caisson:module/database@0.1.0;
                import caisson:module/tasks@0.1.0;
                import caisson:module/cache@0.1.0;
                import caisson:module/crypto@0.1.0;
                import caisson:module/events@0.1.0;
                import caisson:module/services@0.1.0;
                import caisson:module/notifications@0.1.0;
                import caisson:module/mail@0.1.0;
                import caisson:module/i18n@0.1.0;
                import caisson:module/validation@0.1.0;
                import caisson:module/probe@0.1.0;
                import caisson:module/payments@0.1.0;
            }
        ",
        generate_all,
        additional_derives: [PartialEq],
        disable_run_ctors_once_workaround: true,
    });
}

/// What every module exports.
pub mod common {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package caisson:guest;
            world common-exports {
                export caisson:module/lifecycle@0.1.0;
                export caisson:module/jobs@0.1.0;
                export caisson:module/hooks@0.1.0;
                export caisson:module/admin@0.1.0;
                export caisson:module/settings@0.1.0;
            }
        ",
        with: { "caisson:module/types@0.1.0": crate::bindings::host::caisson::module::types },
        pub_export_macro: true,
        export_macro_name: "export_common",
        disable_run_ctors_once_workaround: true,
    });
}

/// What product modules export.
pub mod product {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package caisson:guest;
            world product-exports { export caisson:module/product@0.1.0; }
        ",
        with: { "caisson:module/types@0.1.0": crate::bindings::host::caisson::module::types },
        pub_export_macro: true,
        export_macro_name: "export_product",
        disable_run_ctors_once_workaround: true,
    });
}

/// What modules with pages for clients export.
pub mod client_area {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package caisson:guest;
            world client-area-exports { export caisson:module/client-area@0.1.0; }
        ",
        with: { "caisson:module/types@0.1.0": crate::bindings::host::caisson::module::types },
        pub_export_macro: true,
        export_macro_name: "export_client_area",
        disable_run_ctors_once_workaround: true,
    });
}

/// What payment modules export.
pub mod payment {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package caisson:guest;
            world payment-exports { export caisson:module/payment@0.1.0; }
        ",
        with: {
            "caisson:module/types@0.1.0": crate::bindings::host::caisson::module::types,
            "caisson:module/payments@0.1.0": crate::bindings::host::caisson::module::payments,
        },
        pub_export_macro: true,
        export_macro_name: "export_payment",
        disable_run_ctors_once_workaround: true,
    });
}

/// What notification modules export.
pub mod notification {
    wit_bindgen::generate!({
        path: "wit",
        inline: "
            package caisson:guest;
            world notification-exports { export caisson:module/notification@0.1.0; }
        ",
        with: { "caisson:module/types@0.1.0": crate::bindings::host::caisson::module::types },
        pub_export_macro: true,
        export_macro_name: "export_notification",
        disable_run_ctors_once_workaround: true,
    });
}
