address = Adres
quota = Pojemność
heard = Usłyszano
total = Skrzynki
last = Ostatnio utworzona
overview-greeting = Skrzynka użytkownika { $name }
