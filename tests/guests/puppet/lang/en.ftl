greeting = Hello { $name } from the puppet
notify-sung-subject = { $who } sang
notify-sung-message = { $who } sang { $times } times.
