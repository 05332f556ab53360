greeting = Witaj { $name }, tu marionetka
notify-sung-subject = { $who } śpiewa
notify-sung-message = { $who } śpiewa: { $times }.
