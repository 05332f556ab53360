greeting = Hello { $name } from the puppet
