# Updates, canaries, and modules that go.
difference = Різниця
difference-title = { $title } { $version }: різниця
difference-lede = Порівняно з { $serving }, яка працює. { $version } встановлена й чекає.
difference-first = Ще нічого не працює, тож усе, про що він просить, нове.
difference-more = Просить більше
difference-less = Більше не просить
difference-same = Просить, як і раніше
difference-none = Нічого.
difference-limits = Змінені обмеження
difference-parts = Що з'являється і що зникає
difference-new = нове
difference-gone = зникає
part-page = Сторінка
part-api = Шлях API
part-tab = Вкладка клієнта
part-action = Дія клієнта
part-permission = Дозвіл
part-schedule = Розклад
part-secret = Секретне налаштування
canary-title = Спершу на частині викликів
canary-text = Обслуговує цю частину викликів поруч із версією, що працює, і сама поступається, якщо забагато з них не вдасться.
canary-share = Частка викликів
canary-share-help = Послуга залишається з однією версією.
canary-most = Скільки викликів може не вдатися
canary-least = Викликів до висновку
canary-least-help = Менше каже замало.
canary-begin = Почати
canary-runs = { $version } обслуговує { $share } % викликів{ $services ->
    [0] {""}
    [one] {" "}і { $services } вибрану послугу
    [few] {" "}і { $services } вибрані послуги
   *[other] {" "}і { $services } вибраних послуг
}
canary-counted = Не вдалося { $failed } з { $calls } викликів. Поступиться понад { $most } %, коли їх буде { $least }.
canary-promote = Нехай обслуговує все
canary-ended = Пробу версії { $version } завершено: { $verdict }.
leaving-active = Модуль працює. Вимкніть його, перш ніж видаляти.
leaving-export = Забрати його дані
leaving-export-text = Один архів: налаштування без секретів, опис таблиць і їхні рядки як JSON Lines.
leaving-download = Завантажити
leaving-delete = Видалити, залишити таблиці
leaving-delete-text = Усі встановлені версії, налаштування, секрети й схвалення буде стерто. Таблиці залишаться на випадок повернення.
leaving-erase = Видалити й стерти все
leaving-erase-text = Також таблиці, налаштування, секрети, кеш, завдання, вебхуки й журнал. Платежі та журнал аудиту залишаються. Це не можна скасувати.
leaving-name = Введіть { $name }, щоб стерти
trial-title = Його власні сценарії, відіграні знову
trial-text = Двічі, а також із постачальником, який не працює, зволікає, зламаний, перевантажений або обривається. Ніщо не залишає цю машину.
trial-running = Вони відіграються
trial-failed = Їх не вдалося відіграти:
trial-nothing = Пакет не має сценарію, який можна відіграти.
trial-score = { $passed } з { $tried } пройшло як слід
trial-begin = Відіграти
trial-again = Відіграти ще раз
done-trial = Сценарії відіграються.
