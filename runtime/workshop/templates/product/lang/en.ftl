greeting = Greeting
