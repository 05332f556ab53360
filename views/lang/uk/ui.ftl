# Слова спільних макросів, якими користуються й сторінки модулів.
ui-skip = Перейти до вмісту
ui-cancel = Скасувати
ui-confirm = Виконати
ui-save = Зберегти
ui-continue = Далі
ui-edit = Редагувати
ui-delete = Видалити
ui-retry = Повторити
ui-look = Переглянути
ui-yes = Так
ui-copy = Копіювати
ui-value = Значення для копіювання
ui-dismiss = Закрити
ui-actions = Дії
ui-breadcrumb = Де ви зараз
ui-tabs = Розділи
ui-pages = Сторінки
ui-previous = Попередні
ui-next = Наступні
ui-shown = { $from }–{ $to } із { $total }
ui-search-here = Шукати в цьому списку
ui-all = { $what }: усе
ui-apply = Застосувати
ui-clear = Очистити
ui-none-found = Нічого не знайдено
ui-none-found-text = Жоден запис не відповідає пошуку й фільтрам.
ui-choose = Виберіть…
ui-optional = необов’язково
ui-secret-set = •••••••• (задано)
ui-secret-keep = Значення збережено. Залиште порожнім, щоб його не змінювати.
ui-tags-help = Розділяйте записи комами.
ui-form-errors = { $count ->
    [one] { $count } поле потребує виправлення
    [few] { $count } поля потребують виправлення
   *[other] { $count } полів потребують виправлення
}
ui-frame-unapproved = Ця частина сторінки запускає скрипт модуля, якого не схвалено.
chart-bad = невдалих: { $count }
ui-progress = Перебіг
ui-as-table = Показати таблицею
ui-time = Коли
ui-last-hour = Остання година
ui-last-day = Останні 24 години
ui-last-week = Останні 7 днів
chart-p50 = Половина викликів до
chart-p99 = 99 зі 100 до
chart-marks = Крапки: 1 мс і 1 с

status-pending = Очікує
status-processing = Виконується
status-completed = Готово
status-failed = Не вдалося
status-error = Помилка
status-suspended = Призупинено
status-pause = Пауза
status-terminated = Завершено
status-active = Активно
status-inactive = Неактивно
status-running = Працює
status-done = Виконано
status-cancelled = Скасовано
status-quarantined = Карантин
status-high = Високий
status-medium = Середній
status-low = Низький
status-debug = Деталі
status-info = Інформація
status-warning = Попередження
status-ok = OK
status-denied = Відмовлено
status-problem = Проблема
status-trap = Збій
status-timeout = Час вичерпано
status-exhausted = Понад ліміт
status-trapped = Збій
status-host-error = Помилка панелі
status-not-exported = Немає в модулі

verb-create = Створити
verb-suspend = Призупинити
verb-unsuspend = Відновити
verb-terminate = Завершити
verb-change-package = Змінити пакет

risk-high = Високий ризик
risk-medium = Середній ризик
risk-low = Низький ризик

type-product = Продукт
type-payment = Оплата
type-notification = Сповіщення
type-plugin = Плагін

theme-title = Тема
theme-light = Світла
theme-dark = Темна
theme-auto = Як у системі
locale-title = Мова
locale-en = Англійська
locale-pl = Польська
locale-uk = Українська
status-unpaid = Не оплачено
status-paid = Оплачено
status-refunded = Повернено
status-draft = Чернетка
