add-check = Додати перевірку
began = Початок
checked = Перевірено
checks = Перевірки
contains = Текст на сторінці
contains-help = Сторінка не пройде перевірку, якщо на ній немає саме такого тексту.
delete = Видалити
delete-text = Разом із нею зникнуть її результати, підсумки та збої.
delete-title = Видалити перевірку { $name }?
edit = Редагувати
edit-text = Що перевіряється і як часто.
edit-title = Редагування перевірки
every = { $minutes ->
    [one] кожні { $minutes } хвилину
    [few] кожні { $minutes } хвилини
   *[other] кожні { $minutes } хвилин
 }
expect = Очікуваний статус
expect-help = Один статус, наприклад 200, або діапазон, наприклад 200-399.
expect-wrong = Діапазон закінчується раніше, ніж починається.
failed = Невдача
hosts-too-many = Можна вказати щонайбільше { $most } хостів.
hosts-wrong = «{ $entry }» не є ні адресою на зразок https://shop.example.com, ні хостом із портом.
incident-open = Не працює
incident-over = Завершено
incidents = Збої
interval = Як часто
is-paused = Перевірку призупинено: спершу відновіть її.
kind = Вид
kind-help = Сторінку завантажують; порт має приймати з'єднання; хост має бути живим, навіть якщо відмовляє; сертифікат має бути чинним.
kind-http = Вебсторінка
kind-port = Порт
kind-tcp = Хост
kind-ssl = Сертифікат
last-day = Останні 24 години; доступність — за 30 днів.
lasted = Тривалість
limits-text = Що вважається невдачею, крім відсутності відповіді.
limits-title = Межі
lost-text = Ці перевірки стосуються хостів, яких уже немає у списку вище, тож виконати їх не можна:
lost-title = Деякі перевірки втратили свій хост
more-checks = { $count ->
    [one] Ще { $count } перевірка
    [few] Ще { $count } перевірки
   *[other] Ще { $count } перевірок
 }
name = Назва
name-taken = Інша перевірка вже має цю назву.
newer = Новіші
no-incidents = Збоїв немає
no-incidents-text = Нічого не переставало працювати.
no-results = Результатів ще немає
no-results-text = Перший з'явиться протягом хвилини.
none-yet = Ще нічого не спостерігається
none-yet-text = Перевірка раз по раз пробує сторінку, порт, хост або сертифікат і сповіщає, коли щось перестає працювати.
not-checked = Зараз перевірити не можна
older = Старіші
page-text = Лише для вебсторінок.
page-title = Вебсторінка
pause = Призупинити
period = Період
period-day = 24 години
period-week = 7 днів
period-month = 30 днів
response-time = Час відповіді
response-time-text = Середнє для всіх перевірок за годинами, у UTC.
result = Результат
results = Результати
resume = Відновити
run-now = Перевірити зараз
save = Зберегти
settings-text = { $count ->
    [one] Ці налаштування використовує { $count } перевірка.
    [few] Ці налаштування використовують { $count } перевірки.
   *[other] Ці налаштування використовують { $count } перевірок.
 }
since = У цьому стані з
slow = Найповільніша відповідь
slow-help = Довша відповідь вважається невдачею. Не для сертифікатів.
state = Стан
state-up = Працює
state-down = Не працює
state-unknown = Ще невідомо
state-paused = Призупинено
strip = Доступність { $name } у часі
strip-text = Повний: невдач не було. Нижчі: невдач до десятої частини або більше. Найнижчий: нічого не перевірялося.
target = Ціль
target-help = Адреса на зразок https://shop.example.com/cart для сторінки; в інших випадках хост із портом, наприклад mail.example.com:25. У налаштуваннях є: { $hosts }.
target-unlisted = У налаштуваннях серед хостів немає { $place }.
target-wrong-page = Сторінці потрібна адреса, що починається з https:// або http://.
target-wrong-place = Тут потрібен хост із портом, наприклад mail.example.com:25.
test-all = { $tried ->
    [one] Відповідає { $tried } хост.
    [few] Відповідають усі { $tried } хости.
   *[other] Відповідають усі { $tried } хостів.
 }
test-failed = { $entry } не відповідає: { $why }
test-some = За доступний час перевірено { $tried } з { $all } хостів; вони відповідають.
test-status = { $entry } відповідає статусом { $status }.
timeout = Найдовше очікування
times-utc = Середні значення; час у UTC.
to-dashboard = До огляду
too-many = Може бути щонайбільше { $most } перевірок.
uptime = Доступність
uptime-day = Доступність за 24 години
uptime-week = Доступність за 7 днів
uptime-month = Доступність за 30 днів
warn-days = Днів чинності сертифіката
warn-days-help = Сертифікат, що закінчується раніше, вважається невдачею.
went-well = Успіх
why = Причина

# Чому спроба не вдалася.
cause = { $cause ->
    [resolve] Ім'я хоста не знайдено.
    [connect] Він не прийняв з'єднання.
    [tls] Не вдалося встановити безпечне з'єднання.
    [timeout] Він не відповів вчасно.
    [large] Відповідь була більшою, ніж читається.
    [status] Він відповів статусом { $detail }.
    [text] На сторінці не було очікуваного тексту.
    [slow] Відповідь тривала довше ніж { $detail } мс.
    [expired] Сертифікат закінчився { $detail } днів тому.
    [expires] Сертифікат закінчується за { $detail } днів.
   *[other] З'єднання обірвалося.
 }

notify-down-subject = Не працює: { $name }
notify-down-message = { $name } ({ $target }) не працює. { cause }
notify-still-down-subject = Досі не працює: { $name }
notify-still-down-message = { $name } ({ $target }) не працює вже { $minutes } хв. { cause }
notify-up-subject = Знову працює: { $name }
notify-up-message = { $name } ({ $target }) знову працює. Перерва тривала { $minutes } хв. { cause }
