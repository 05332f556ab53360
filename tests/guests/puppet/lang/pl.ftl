greeting = Witaj { $name }, tu marionetka
