# Огляд.
dashboard-title = Сьогодні
dashboard-lede = { $count ->
    [0] На вас нічого не чекає.
    [one] На вас чекає { $count } справа.
    [few] На вас чекають { $count } справи.
   *[other] На вас чекають { $count } справ.
}
dashboard-tasks-day = Завдань за 24 год
dashboard-calls-day = Викликів за 24 год
dashboard-attention = Потрібна людина
dashboard-attention-text = Невдачі й рішення, які можете ухвалити лише ви.
dashboard-clear = Усе гаразд
dashboard-clear-text = Немає невдалих послуг і завдань, жоден модуль не чекає.
dashboard-quarantined = { $title }: карантин
dashboard-task = { $module }: завдання { $method } не вдалося
dashboard-waits-first = { $title } чекає на схвалення
dashboard-waits-update = { $title } { $version } просить більше
dashboard-waits-text = Прочитайте, про що він просить, і вирішіть.
dashboard-activity = Завдання за годинами
dashboard-activity-text = Завдання, що завершилися за 24 години; червоним — де були невдачі.
dashboard-activity-none = Жодне завдання ще не виконувалося.
dashboard-recent = Що сталося
dashboard-recent-none = Ще нічого не сталося.

# Модулі.
modules-lede = Інтеграції, що працюють у пісочниці й можуть лише те, що ви дозволили.
modules-install = Установити модуль
modules-install-text = Пакет перевіряється, перш ніж щось запуститься. Зламаний відхиляється й нічого після себе не лишає.
modules-install-drop = Виберіть пакет або перетягніть його сюди
modules-install-hint = Один файл .caisson, щонайбільше 40 МіБ
modules-install-submit = Перевірити й установити
modules-signature-drop = Додайте його підпис
modules-signature-hint = Файл .minisig, що надійшов разом із пакетом, якщо він є
modules-address-open = Або з адреси
modules-address = Адреса
modules-address-help = https:// з дайджестом або реєстр: oci://host/репозиторій:тег. Панель завантажує пакет і його підпис.
modules-digest = Дайджест
modules-digest-help = sha256: і 64 цифри, як повідомляє видавець. Адреса https його потребує.
modules-exceptions = Винятки для цього пакета
modules-new-publisher = Інший видавець
modules-new-publisher-help = Пакет може походити від іншого видавця, ніж раніше, або не мати підпису. Це залишиться в журналі аудиту.
modules-allow-older = Старіша версія
modules-allow-older-help = Пакет може бути старішим за версію, що вже працювала тут. Це залишиться в журналі аудиту.
modules-empty = Модулів ще немає
modules-empty-text = Модуль з’єднує панель із постачальником: хостингу, оплати, сповіщень. Установіть перший з його пакета.
parts-open = З чого складається
parts-title = З чого складається { $version }
parts-text = За словами автора, разом із тим, чим зібрано. Ліцензії такі, як називає кожна частина.
parts-none = У його пакеті немає списку частин; його пакував старіший інструмент.
parts-unknown = невідома
parts-builds = лише збирає
module-activate = Активувати
module-deactivate = Деактивувати
module-deactivate-title = Деактивувати { $title }?
module-deactivate-text = Його сторінки, розклади й вебхуки зупиняться, а його послуги не можна буде змінювати. Налаштування, таблиці й дані лишаться.
module-update = Оновити
module-update-to = Оновити до { $version }
module-delete = Видалити
module-delete-title = Видалити { $title }?
module-approve = Переглянути
module-approve-count = { $count ->
    [one] Переглянути { $count } запит
    [few] Переглянути { $count } запити
   *[other] Переглянути { $count } запитів
}
module-roll-back = Повернути
module-release = Звільнити
module-quarantined-title = Карантин після повторних збоїв
module-waits-title = { $count ->
    [one] { $count } запит чекає на ваше рішення
    [few] { $count } запити чекають на ваше рішення
   *[other] { $count } запитів чекають на ваше рішення
}
module-waits-first = Доки ви не вирішите, нічого з цього модуля не запуститься.
module-waits-update = Версія { $version } просить більше, ніж { $serving }, яка працює далі, доки ви не вирішите.
module-about = Про модуль
module-website = Вебсайт
module-contract = Контракт
module-stat-services = Послуги
module-stat-failed = Збоїв за 24 год
module-stat-p50 = Типовий виклик
module-calls-chart = Виклики за годинами
module-calls-chart-text = Останні 24 години; червоним — де були збої.
module-calls-none = Цей модуль ще не викликали.
module-stat-p99 = Найповільніший 1 зі 100
module-stat-cpu = Процесор за 24 год
module-stat-out = Надіслано за 24 год
module-stat-in = Отримано за 24 год
module-times-chart = Скільки тривають виклики
module-times-chart-text = За годинами; шкала зростає вдесятеро.
module-cpu-chart = Процесор за годинами
module-cpu-chart-text = Час процесора всіх викликів разом.
module-bytes-chart = Мережа за годинами
module-bytes-chart-text = Що надіслано й отримано.
module-adds-text = Оголошено в його маніфесті.
module-page-failed = Модуль не зміг цього показати
module-page-failed-do = Решта панелі працює. Причина — на часовій шкалі виклику.
module-page-call = Як створено цю сторінку
version-delete-title = Видалити версію { $version }?
version-delete-text = Її пакет і схвалення буде стерто. Версія, що працює, лишається.

# Підписи й видавці.
signature-none = Без підпису
signature-none-text = Ніщо не доводить, хто створив цей пакет і що він надійшов незміненим.
signature-by = Підписав: { $name }
signature-revoked = ключ відкликано
publishers-lede = Чиїм підписам пакетів довіряє ця панель. Пакет, підписаний кимось іншим, буде відхилено.
publishers-copy = Скопіювати відкритий ключ
publishers-modules = Може підписувати
publishers-all = Усі модулі
publishers-added = Довіра з
publishers-revoked = Відкликано
publishers-revoked-by = Відкликав(ла): { $name }
publishers-revoke = Відкликати
publishers-revoke-title = Більше не довіряти видавцю { $name }?
publishers-revoke-text = Пакети, підписані ключем { $key }, відтепер відхилятимуться, і цьому ключу не можна буде довіритися знову. Встановлені модулі працюють далі.
publishers-empty = Видавців ще немає
publishers-empty-text = Видавець підписує пакети своїм ключем. Коли ви йому довіритеся, пакет, змінений дорогою або надісланий кимось іншим, буде відхилено.
publishers-new = Довіритися видавцю
publishers-name-help = Показується біля всього, що підписано цим ключем.
publishers-public-key = Відкритий ключ
publishers-key-help = Вставте файл .pub програми minisign і порівняйте його з другим місцем, де його опубліковано.
publishers-modules-help = Ключі на зразок product/powerdns, розділені комами. Порожнє означає всі.

# Схвалення.
approve-title = { $title }: перегляд
approve-lede = Версія { $version } ще не запускалася. Вирішіть, що їй можна.
approve-update-lede = Версія { $new } просить більше, ніж { $old }, яка тим часом працює далі.
approve-asks = Про що він просить
approve-asks-text = Позначте, що дозволяєте. Пропущений запит буде відхилено під час роботи, зі зрозумілим повідомленням.
approve-asks-nothing = Він не просить нічого поза пісочницею.
approve-dropped = Більше не потрібно
approve-how-title = Як це працює
approve-how = Модуль працює в пісочниці. Йому доступне лише те, що ви тут позначите, і кожне використання записується. Рішення стосується саме цього пакета.
approve-adds = Що він додає до панелі
approve-adds-pages = Сторінки
approve-adds-tabs = Вкладки клієнта
approve-adds-permissions = Дозволи
approve-adds-schedules = Розклади
approve-adds-webhooks = Вебхуки
approve-adds-nothing = Не додає сторінок, вкладок, розкладів чи вебхуків.
approve-budget = Ліміти, про які він просить
approve-budget-default = Типові ліміти панелі.
approve-later = Вирішити пізніше
approve-save = Лише зберегти
approve-activate = Схвалити й активувати
approve-update = Схвалити й оновити
permissions-title = Надано й використано
permissions-text = Заберіть те, чого він не потребує; зміна діє з наступного виклику.
permissions-save = Зберегти дозволи
risk-high-title = Придивіться уважно
risk-high-text = Може коштувати грошей або сягати далеко.
risk-medium-title = Звичайне для його роботи
risk-medium-text = Звертається до системи або читає дані.
risk-low-title = Безпечне
risk-low-text = Лишається у власному кутку.
grant-new = Нове
grant-yes = Надано
grant-no = Не надано
grant-used = { $count ->
    [0] ще не використано
    [one] використано { $count } раз
    [few] використано { $count } рази
   *[other] використано { $count } разів
}
unused-title = Не використовується
unused-text = Надано щонайменше { $days } днів тому й відтоді не використано. Забране можна надати знову.
unused-never = Ніколи
unused-take = Забрати
denied-title = Відхилені виклики
denied-text = Що модуль намагався зробити, але не мав права.
denied-call = Відхилений виклик
denied-granted = Надано пізніше
denied-approve = Переглянути й надати
denied-author = Про це має попросити автор модуля

# Налаштування модуля.
settings-title = Налаштування
settings-text = З маніфесту модуля, перевіряються перед збереженням.
settings-none = Цей модуль не має налаштувань.
settings-test = Перевірити з’єднання
settings-test-ok = З’єднання працює
settings-test-failed = З’єднання не працює
settings-webhooks = Вебхуки
settings-webhooks-text = За цією адресою постачальник звертається до панелі. Впишіть її в нього, якщо модуль не передає її сам.
settings-secrets-title = Секрети лишаються тут
settings-secrets = Вони зашифровані, ніколи не повертаються до браузера й потрапляють лише до дозволених хостів.

# Виклики.
calls-empty = Викликів ще немає
calls-empty-text = Щоразу, коли панель звертається до модуля, тут з’являється виклик і все, про що модуль попросив хост.
calls-duration = Тривалість
calls-slower-than = { $ms } мс або довше
calls-denied = Відмови
calls-with-denied = З відхиленими викликами хоста
calls-count-denied = { $count ->
    [one] { $count } відхилено
   *[other] { $count } відхилено
}
call-bundle = Завантажити для автора
call-bundle-text = Усе, що відомо про цей виклик, без таємниць, одним файлом
call-bundle-personal = Файл для автора не містить таємниць, але містить те, з чим викликано модуль: імена, адреси й усе, що ввели клієнти. Надсилайте його лише авторові модуля.
call-denied-title = { $count ->
    [one] Відхилено { $count } виклик хоста
    [few] Відхилено { $count } виклики хоста
   *[other] Відхилено { $count } викликів хоста
}
call-denied-text = Шкала часу називає те, чого бракувало. Вирішіть про це на вкладці
call-message = Чим закінчилося
call-timeline = Виклики хоста
call-timeline-text = Про що модуль просив панель, за порядком, на тлі часу всього виклику.
call-host-function = Функція
call-took = Тривало
call-fall = У межах { $total }
call-fall-step = Почалося через { $at }, тривало { $took }
call-omitted = { $count ->
    [one] Ще { $count } виклик хоста враховано, але не збережено.
    [few] Ще { $count } виклики хоста враховано, але не збережено.
   *[other] Ще { $count } викликів хоста враховано, але не збережено.
}
call-quiet = Без викликів хоста
call-quiet-text = Модулеві вистачило того, що він отримав.
call-logged = Що він записав
call-about = Цей виклик

# Журнал.
log-lede = Що модулі кажуть про свою роботу. Секрети вилучаються перед збереженням.
log-empty = Журнал порожній
log-empty-text = Записи з’являються, коли модулі працюють: кожен запит до постачальника та його відповідь.
log-whole = Показати весь журнал
log-request = Запит
log-response = Відповідь
log-no-detail = Цей запис не має подробиць.
log-call = Часова шкала виклику

# Завдання.
tasks-lede = Робота, яку модулі виконують у тлі, з повторами.
tasks-retry-failed = { $count ->
    [one] Повторити { $count } невдале завдання
    [few] Повторити { $count } невдалі завдання
   *[other] Повторити { $count } невдалих завдань
}
tasks-empty = Завдань ще немає
tasks-empty-text = Створення, призупинення й завершення послуги — це завдання, тож вони переживають перезапуск і їх можна повторити.
task-cancel = Скасувати завдання
task-cancel-title = Скасувати { $method }?
task-cancel-text = Воно не почалося й не виконається. Послуга збереже свій стан.
task-error = Чому не вдалося
task-try = Спроба { $attempt } із { $tries }
task-running = Виконується
task-waiting = Чекає своєї черги
task-done = Виконано
task-log-text = Що модуль казав під час роботи.
task-log-empty = Поки що він нічого не записав.
task-payload = Вхідні дані
task-result = Результат
task-about = Це завдання
task-queue = Черга
task-tags = Мітки
task-actor = Замовив
task-started = Почалося
task-finished = Закінчилося
task-run-at = Не раніше
task-limits = Повтори
task-limits-text = { $tries ->
    [one] { $tries } спроба, щонайбільше { $timeout } с
    [few] { $tries } спроби через { $backoff } с і рідше, кожна щонайбільше { $timeout } с
   *[other] { $tries } спроб через { $backoff } с і рідше, кожна щонайбільше { $timeout } с
}
task-worker = Виконавець

# Послуги.
services-lede = Що мають клієнти і як із цим у постачальника.
services-new = Нова послуга
services-new-lede = Замовлення створюють послуги самі; тут її створюють вручну.
services-new-step-who = Хто і що
services-new-step-what = Що потрібно знати модулю
services-new-change = Змінити
services-new-create = Зберегти й створити
services-new-save = Лише зберегти
services-new-no-fields = Модуль більше нічого не питає.
services-new-missing = Послузі потрібні клієнт і продукт
services-empty = Послуг ще немає
services-empty-text = Послуга — це продукт, який має клієнт: зона, сервер, обліковий запис.
service-verbs = У постачальника
service-verbs-text = Кожна дія виконується як завдання; стан змінюється, коли воно завершиться.
service-about = Ця послуга
service-secret = збережено, не показується
service-timeline = Часова шкала
service-no-tasks = Над цією послугою ще не працювало жодне завдання.
service-no-log = Модуль ще нічого не записав про цю послугу.
service-failed-title = Останнє завдання не вдалося
service-failed-unknown = Модуль не назвав причини.
service-failed-task = Відкрити завдання
service-working = Виконується { $method }
service-working-any = Виконується завдання
service-action-title = { $name }?
service-delete = Видалити з панелі
service-delete-title = Видалити { $label } з панелі?
service-delete-text = Запис, часову шкалу й посилання на журнал буде стерто. У постачальника нічого не відбудеться. Цього не можна скасувати.
verb-unfit = Неможливо, поки стан «{ $status }»
verb-terminate-title = Завершити { $label }?
verb-terminate-text = { $module } видалить { $label } у постачальника з усім, що там зберігається. Цього не можна скасувати.
verb-suspend-title = Призупинити { $label }?
verb-suspend-text = { $client } більше не зможе нею користуватися. Дані лишаються, відновити можна будь-коли.
verb-change-text = Зараз це { $product }. Модуль переведе її; дані клієнта збережуться.
verb-change-to = Новий продукт

# Клієнти.
clients-lede = Люди й компанії, які мають тут послуги.
clients-new = Новий клієнт
clients-edit = Редагування: { $name }
clients-empty = Клієнтів ще немає
clients-empty-text = Клієнт має послуги й входить до клієнтського кабінету.
clients-password-new = Залиште порожнім, якщо клієнт не входитиме.
clients-password-keep = Залиште порожнім, щоб не змінювати пароль.
clients-delete = Видалити клієнта
clients-delete-title = Видалити { $name }?
clients-delete-text = Обліковий запис і можливість входу буде стерто. Цього не можна скасувати.
client-about = Цей клієнт
client-login = Може входити
client-login-no = Пароль не задано
client-none = Немає послуг
client-none-text = Цей клієнт ще не має послуг.

# Продукти.
products-lede = Що можуть мати клієнти і який модуль це надає.
products-new = Новий продукт
products-new-lede = Що його надає, як він називається і що продає; ціна далі.
products-new-step-module = Модуль
products-new-step-what = Продукт
products-new-change = Змінити модуль
products-new-create = Створити продукт
products-services = { $count ->
    [0] Жодна послуга його не використовує.
    [one] Його використовує { $count } послуга.
    [few] Його використовують { $count } послуги.
   *[other] Його використовують { $count } послуг.
}
products-hidden = Прихований
products-hidden-help = Клієнти його не бачать; наявні послуги лишаються.
products-no-limit = Без обмежень
products-empty = Продуктів ще немає
products-empty-text = Продукт — це те, що замовляє клієнт: план модуля з ціною.
products-no-module = Немає активного модуля продуктів
products-no-module-text = Продукт надає модуль. Спершу встановіть і активуйте один.
products-slug-help = Частина адреси: малі літери, цифри й дефіси.
products-module-help = Пізніше його не можна змінити.
products-module-none = Модуль нічого не питає про продукт.
products-stock-help = Скільки ще можна замовити. Порожнє означає без обмежень.
products-price-help = За місяць, наприклад 12.50. Нуль — безкоштовно.
products-delete-title = Видалити { $name }?
products-delete-text = Продукт і його ціни буде стерто. Цього не можна скасувати.
