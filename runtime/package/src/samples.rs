//! What the tests of this crate begin with.

/// A manifest of a module called demo, of this type, and what more it says.
macro_rules! manifest {
    ($kind:literal, $more:literal) => {
        concat!(
            "\ncontract = \"0.1.0\"\n[module]\nname = \"demo\"\ntype = \"",
            $kind,
            "\"\nversion = \"1.0.0\"\ntitle = \"Demo\"\ndescription = \"Shows what is tested.\"\nauthor = \"Example Ltd\"\n",
            $more
        )
    };
}
