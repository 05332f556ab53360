# Рамка.
nav-main = Головна навігація
nav-open = Відкрити навігацію
nav-dashboard = Огляд
nav-clients = Клієнти
nav-services = Послуги
nav-products = Продукти
nav-modules = Модулі
nav-publishers = Видавці
nav-tasks = Завдання
nav-log = Журнал модулів
nav-tokens = Токени API
nav-account = Обліковий запис
nav-logout = Вийти
nav-group-system = Система
nav-group-settings = Налаштування
nav-search = Шукати клієнтів, послуги, модулі…
nav-search-key = Натисніть /, щоб шукати
nav-count-modules = { $count ->
    [one] { $count } модуль чекає на схвалення
    [few] { $count } модулі чекають на схвалення
   *[other] { $count } модулів чекають на схвалення
}
nav-count-tasks = { $count ->
    [one] { $count } невдале завдання
    [few] { $count } невдалі завдання
   *[other] { $count } невдалих завдань
}
account-menu = Обліковий запис: { $name }
bell-title = Потребує уваги
bell-nothing = Зараз на вас нічого не чекає.
bell-failed-tasks = { $count ->
    [one] { $count } невдале завдання
    [few] { $count } невдалі завдання
   *[other] { $count } невдалих завдань
}
bell-waiting-modules = { $count ->
    [one] { $count } модуль чекає на схвалення
    [few] { $count } модулі чекають на схвалення
   *[other] { $count } модулів чекають на схвалення
}

# Слова, спільні для багатьох сторінок.
col-module = Модуль
col-status = Стан
col-version = Версія
col-type = Тип
col-author = Автор
col-client = Клієнт
col-product = Продукт
col-service = Послуга
col-provision-status = У постачальника
col-billing-status = Розрахунки
col-created = Створено
col-since = Відколи
col-id = ID
col-task = Завдання
col-tries = Спроби
col-when = Коли
col-function = Функція
col-outcome = Результат
col-host-calls = Виклики хоста
col-wall = Час
col-cpu = Процесор
col-memory = Пам’ять
col-part = Частина
col-licence = Ліцензія
col-installed = Установлено
col-approved = Схвалено
col-digest = Хеш
col-signature = Підпис
col-request = Запит
col-action = Дія
col-grant = Дозвіл
col-last-used = Востаннє використано
col-missing = Чого бракувало
col-times = Скільки разів
col-last = Востаннє
col-next = Що робити
col-sent = Надіслано
col-received = Отримано
field-name = Назва
field-email = Ел. пошта
field-phone = Телефон
field-phone-help = З кодом країни; для SMS-повідомлень.
field-password = Пароль
field-password-again = Повторіть пароль
field-password-current = Поточний пароль
field-password-new = Новий пароль
field-locale = Мова
field-currency = Валюта
field-description = Опис
field-slug = Коротка назва
field-price = Ціна
field-stock = Запас
price-free = Безкоштовно
password-help = Щонайменше 12 символів. Добре підходять кілька випадкових слів.
tab-overview = Огляд
tab-permissions = Дозволи
tab-settings = Налаштування
tab-log = Журнал
tab-calls = Виклики
tab-tasks = Завдання
tab-versions = Версії
tab-general = Загальне
tab-pricing = Ціна
tab-module = Модуль

# Перший запуск, вхід, помилки.
setup-title = Створіть першого адміністратора
setup-lede = Цей обліковий запис керує панеллю. Коли він з’явиться, ця сторінка зникне.
setup-code = Код першого запуску
setup-code-help = Він у посиланні, яке панель вивела під час запуску. «caisson admin create» його не потребує.
setup-submit = Створити адміністратора
login-title = Вхід
login-admin-title = Вхід до панелі
login-admin-lede = Для адміністраторів цього постачальника.
login-client-title = З поверненням
login-client-lede = Увійдіть, щоб побачити свої послуги.
login-submit = Увійти
login-throttled-title = Забагато спроб
login-throttled = { $seconds ->
    [one] Зачекайте { $seconds } секунду й спробуйте знову.
    [few] Зачекайте { $seconds } секунди й спробуйте знову.
   *[other] Зачекайте { $seconds } секунд і спробуйте знову.
}
error-code = Помилка { $status }
error-request = Номер запиту
error-home = На початок
error-403-title = Це не для вашого облікового запису
error-403-why = Ваш обліковий запис не має дозволу, якого потребує ця сторінка.
error-403-do = Попросіть дозвіл в адміністратора або увійдіть під іншим обліковим записом.
error-404-title = Тут нічого немає
error-404-why = Ця адреса не веде ні до чого, що існує або що вам можна бачити.
error-404-do = Перевірте адресу або почніть пошук із початкової сторінки.
error-409-title = Це вже не підходить
error-409-why = Відколи сторінку відкрили, щось змінилося.
error-409-do = Поверніться, оновіть сторінку й спробуйте знову.
error-413-title = Це завелике
error-413-why = Надіслано більше, ніж приймає панель.
error-413-do = Надішліть менший файл.
error-422-title = Дещо потребує виправлення
error-422-why = У надісланому чогось бракує, або його неможливо прочитати.
error-422-do = Поверніться й перевірте форму; введене лишилося на місці.
error-429-title = Трохи повільніше
error-429-why = З вашої адреси надійшло забагато запитів.
error-429-do = Зачекайте хвилину й спробуйте знову.
error-500-title = Панель помилилася
error-500-why = Це не вдалося зробити. Причина — в журналі панелі.
error-500-do = Спробуйте знову. Якщо помилка не зникає, повідомте операторові номер запиту.
error-502-title = Модуль не відповів
error-502-why = Модуль, який обслуговує цю сторінку, дав збій.
error-502-do = Спробуйте знову. Сама панель працює.
error-503-title = Зараз зайнято
error-503-why = Усе, що могло б це обробити, працює.
error-503-do = Спробуйте знову за кілька секунд.
search-title = Пошук
search-for = Результати для «{ $query }»
search-none = Нічого не знайдено
search-none-text = Спробуйте назву або пошту клієнта, послугу, номер завдання чи назву модуля.

# Обліковий запис і токени.
account-profile = Профіль
account-password = Зміна пароля
account-password-submit = Змінити пароль
tokens-lede = Ключі для програм, які користуються API від вашого імені. Кожен має ваші права, тож дайте кожній програмі окремий.
tokens-openapi = Опис API
tokens-new = Створити токен
tokens-name-help = Яка програма ним користується.
tokens-lifetime = Діє
tokens-days = { $days ->
    [one] { $days } день
    [few] { $days } дні
   *[other] { $days } днів
}
tokens-no-end = Без кінця
tokens-created = Токен «{ $name }» готовий
tokens-created-text = Скопіюйте його зараз: він показується один раз, а зберігається лише його хеш.
tokens-last-used = Востаннє використано
tokens-expires = Діє до
tokens-expired = Минув
tokens-never = Ніколи
tokens-revoke = Відкликати
tokens-revoke-title = Відкликати токен «{ $name }»?
tokens-revoke-text = Програмам, які ним користуються, відтепер буде відмовлено. Цього не можна скасувати.
tokens-empty = Токенів ще немає
tokens-empty-text = Токен дає змогу скрипту чи іншій системі працювати з панеллю через API.
nav-invoices = Рахунки
