//! Host side of the contract, generated from `wit/`. Nobody else writes `bindgen!`.
//!
//! One world holds everything any module may import or export; the sandbox binds the exports that a component has, interface
//! by interface.

wasmtime::component::bindgen!({
    path: "../../wit",
    inline: "
        package caisson:host;
        world host {
            include caisson:module/product-module@0.1.0;
            include caisson:module/payment-module@0.1.0;
            include caisson:module/notification-module@0.1.0;
        }
    ",
    imports: {
        "caisson:module/http.send": async | trappable,
        "caisson:module/tasks.add": async | trappable,
        "caisson:module/tasks.cancel": async | trappable,
        "caisson:module/tasks.progress": async | trappable,
        "caisson:module/tasks.schedule": async | trappable,
        "caisson:module/services": async | trappable,
        "caisson:module/database": async | trappable,
        "caisson:module/events": async | trappable,
        "caisson:module/mail.send": async | trappable,
        "caisson:module/probe": async | trappable,
        "caisson:module/cache": async | trappable,
        "caisson:module/payments": async | trappable,
        "caisson:module/notifications": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    additional_derives: [PartialEq, serde::Serialize],
});
