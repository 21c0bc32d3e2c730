"""What the words of the page are in other languages: English, then Azerbaijani, Armenian, Russian.

The scripts of the page write each phrase once, in English, and look it up here by that form;
`pkzone.maps.languages` puts the table into the page. No speaker has reviewed it yet.
"""

from __future__ import annotations

from typing import Final

__all__ = ["PAGE_WORDS"]

#: Words by their English form; parts in braces are filled in.
PAGE_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    # Round the map
    "Skip the map": ("Xəritəni ötür", "Բաց թողնել քարտեզը", "Пропустить карту"),
    "Map. Arrow keys pan, plus and minus zoom, Tab goes from feature to feature.": (
        "Xəritə. Ox düymələri sürüşdürür, artı və əksi miqyası dəyişir, Tab obyektdən obyektə "
        "keçir.",
        "Քարտեզ։ Սլաքները տեղաշարժում են, գումարումը և հանումը փոխում են մասշտաբը, Tab-ը անցնում "
        "է օբյեկտից օբյեկտ։",
        "Карта. Стрелки двигают её, плюс и минус меняют масштаб, Tab переходит от объекта к "
        "объекту.",
    ),
    "Zoom in": ("Yaxınlaşdır", "Մեծացնել", "Приблизить"),
    "Zoom out": ("Uzaqlaşdır", "Փոքրացնել", "Отдалить"),
    "mi": ("mil", "մղոն", "миль"),
    "ft": ("fut", "ֆուտ", "фт"),
    "Not an official map. Lines are approximate.": (
        "Rəsmi xəritə deyil. Xətlər təxminidir.",
        "Պաշտոնական քարտեզ չէ։ Գծերը մոտավոր են։",
        "Карта не является официальной. Линии приблизительны.",
    ),
    "Language": ("Dil", "Լեզու", "Язык"),
    "Theme": ("Görünüş", "Տեսք", "Оформление"),
    "as the device": ("cihazdakı kimi", "ինչպես սարքում", "как на устройстве"),
    "light": ("açıq", "բաց", "светлое"),
    "dark": ("tünd", "մուգ", "тёмное"),
    "Print": ("Çap et", "Տպել", "Печать"),
    "Map": ("Xəritə", "Քարտեզ", "Карта"),
    # The date
    "Date": ("Tarix", "Ամսաթիվ", "Дата"),
    "Previous change": ("Əvvəlki dəyişiklik", "Նախորդ փոփոխությունը", "Предыдущее изменение"),
    "Next change": ("Növbəti dəyişiklik", "Հաջորդ փոփոխությունը", "Следующее изменение"),
    "Date of change": ("Dəyişiklik tarixi", "Փոփոխության ամսաթիվը", "Дата изменения"),
    "Go to a date": ("Tarixə keç", "Անցնել ամսաթվի", "Перейти к дате"),
    "Map as of {long} ({iso})": (
        "Xəritə: {long} tarixinə olan vəziyyət ({iso})",
        "Քարտեզ՝ {long}-ի դրությամբ ({iso})",
        "Карта по состоянию на {long} ({iso})",
    ),
    "map as of {iso}": (
        "xəritə: {iso} tarixinə",
        "քարտեզ՝ {iso}-ի դրությամբ",
        "карта по состоянию на {iso}",
    ),
    "State since {since}": (
        "Bu vəziyyət {since} tarixindəndir",
        "Այս վիճակը՝ {since}-ից",
        "Это состояние: с {since}",
    ),
    "next change {until}": (
        "növbəti dəyişiklik: {until}",
        "հաջորդ փոփոխությունը՝ {until}",
        "следующее изменение: {until}",
    ),
    "no later change known": (
        "sonrakı dəyişiklik məlum deyil",
        "ավելի ուշ փոփոխություն հայտնի չէ",
        "более поздних изменений не известно",
    ),
    "What changed on {date}": (
        "{date}: nə dəyişdi",
        "Ինչ է փոխվել. {date}",
        "Что изменилось {date}",
    ),
    "The map begins on {date}": (
        "Xəritə {date} tarixindən başlayır",
        "Քարտեզն սկսվում է {date}-ից",
        "Карта начинается с {date}",
    ),
    "since {date}": ("{date} tarixindən", "{date}-ից", "с {date}"),
    "fixed: version {id}": (
        "sabit: {id} versiyası",
        "ամրագրված՝ {id} տարբերակ",
        "закреплено: версия {id}",
    ),
    "no version yet": ("hələ versiya yoxdur", "դեռ տարբերակ չկա", "версии ещё нет"),
    "Not on the map on {date}.": (
        "{date} tarixində xəritədə yoxdur.",
        "{date}-ին քարտեզի վրա չէ։",
        "{date} на карте отсутствует.",
    ),
    "Play the changes": (
        "Dəyişiklikləri göstər",
        "Ցուցադրել փոփոխությունները",
        "Показать изменения по порядку",
    ),
    "Pause": ("Dayandır", "Դադար", "Пауза"),
    "On the map from {from} until {until}": (
        "Xəritədə: {from} tarixindən {until} tarixinədək",
        "Քարտեզի վրա՝ {from}-ից մինչև {until}",
        "На карте с {from} до {until}",
    ),
    "On the map since {from}": (
        "Xəritədə: {from} tarixindən",
        "Քարտեզի վրա՝ {from}-ից",
        "На карте с {from}",
    ),
    "Go to {date}": ("{date} tarixinə keç", "Անցնել {date}-ին", "Перейти к {date}"),
    # Tools
    "Tools": ("Alətlər", "Գործիքներ", "Инструменты"),
    "Search names, in any script": (
        "Adlar üzrə axtarış, istənilən əlifbada",
        "Որոնել անուններ՝ ցանկացած գրով",
        "Поиск названий, любым письмом",
    ),
    "Features found": ("Tapılan obyektlər", "Գտնված օբյեկտներ", "Найденные объекты"),
    "{count} found, {shown} listed": (
        "{count} tapıldı, {shown} göstərilir",
        "Գտնվել է {count}, ցուցադրված է {shown}",
        "Найдено {count}, показано {shown}",
    ),
    "Table": ("Cədvəl", "Աղյուսակ", "Таблица"),
    "Events": ("Hadisələr", "Իրադարձություններ", "События"),
    "Measure": ("Ölç", "Չափել", "Измерить"),
    "Download": ("Endir", "Ներբեռնել", "Скачать"),
    "Copy centre": ("Mərkəzi köçür", "Պատճենել կենտրոնը", "Копировать центр"),
    "Copied: {at}": ("Köçürüldü: {at}", "Պատճենված է՝ {at}", "Скопировано: {at}"),
    "Coordinates: {at} (the browser does not let the page copy)": (
        "Koordinatlar: {at} (brauzer köçürməyə icazə vermir)",
        "Կոորդինատներ՝ {at} (դիտարկիչը թույլ չի տալիս պատճենել)",
        "Координаты: {at} (браузер не разрешает копировать)",
    ),
    "Full screen": ("Tam ekran", "Ամբողջ էկրանով", "Во весь экран"),
    "The browser does not allow full screen here.": (
        "Brauzer burada tam ekrana icazə vermir.",
        "Դիտարկիչն այստեղ թույլ չի տալիս ամբողջ էկրանը։",
        "Браузер не разрешает здесь полный экран.",
    ),
    "Filter": ("Süzgəc", "Զտել", "Фильтр"),
    "Only in the part of the map on view": (
        "Yalnız xəritənin görünən hissəsində",
        "Միայն քարտեզի տեսանելի մասում",
        "Только в видимой части карты",
    ),
    "Show more rows ({count})": (
        "Daha çox sətir göstər ({count})",
        "Ցույց տալ ևս տողեր ({count})",
        "Показать ещё строки ({count})",
    ),
    "Features: {count}": ("Obyektlər: {count}", "Օբյեկտներ՝ {count}", "Объектов: {count}"),
    "Layer": ("Qat", "Շերտ", "Слой"),
    "Name": ("Ad", "Անուն", "Название"),
    "± m": ("± m", "± մ", "± м"),
    "No events are named.": (
        "Hadisə göstərilməyib.",
        "Իրադարձություններ նշված չեն։",
        "События не указаны.",
    ),
    "Click on the map, or pan with the arrow keys and press Enter, to set points. The length is "
    "that of the shortest line on the ellipsoid (WGS 84).": (
        "Nöqtə qoymaq üçün xəritəyə klikləyin və ya ox düymələri ilə sürüşdürüb Enter basın. "
        "Uzunluq ellipsoiddə (WGS 84) ən qısa xəttin uzunluğudur.",
        "Կետ դնելու համար սեղմեք քարտեզի վրա կամ տեղաշարժեք սլաքներով և սեղմեք Enter։ "
        "Երկարությունը էլիպսոիդի (WGS 84) վրա ամենակարճ գծինն է։",
        "Чтобы поставить точку, щёлкните по карте или сдвиньте её стрелками и нажмите Enter. "
        "Длина измеряется по кратчайшей линии на эллипсоиде (WGS 84).",
    ),
    "Add the centre of the map": (
        "Xəritənin mərkəzini əlavə et",
        "Ավելացնել քարտեզի կենտրոնը",
        "Добавить центр карты",
    ),
    "Remove the last point": ("Son nöqtəni sil", "Հեռացնել վերջին կետը", "Удалить последнюю точку"),
    "Remove all": ("Hamısını sil", "Հեռացնել բոլորը", "Удалить все"),
    "{length}, points: {count}": (
        "{length}, nöqtələr: {count}",
        "{length}, կետեր՝ {count}",
        "{length}, точек: {count}",
    ),
    "The versions shown, as GeoJSON (WGS 84).": (
        "Göstərilən versiyalar, GeoJSON kimi (WGS 84).",
        "Ցուցադրված տարբերակները՝ GeoJSON-ով (WGS 84)։",
        "Показанные версии в формате GeoJSON (WGS 84).",
    ),
    "Saved: {name}": ("Saxlanıldı: {name}", "Պահված է՝ {name}", "Сохранено: {name}"),
    # Compare
    "Compare": ("Müqayisə et", "Համեմատել", "Сравнить"),
    "Two dates compared": (
        "İki tarixin müqayisəsi",
        "Երկու ամսաթվի համեմատություն",
        "Сравнение двух дат",
    ),
    "Base": ("Əvvəl", "Առաջ", "Было"),
    "Target": ("Sonra", "Հետո", "Стало"),
    "the change before ({date})": (
        "əvvəlki dəyişiklik ({date})",
        "նախորդ փոփոխությունը ({date})",
        "предыдущее изменение ({date})",
    ),
    "On the map": ("Xəritədə", "Քարտեզի վրա", "На карте"),
    "what differs": ("fərqlər", "տարբերությունները", "различия"),
    "A and B side by side": ("A və B yan-yana", "երկուսը կողք կողքի", "обе рядом"),
    "Opacity": ("Qeyri-şəffaflıq", "Անթափանցություն", "Непрозрачность"),
    "Divider: A is drawn left of it, B right of it": (
        "Ayırıcı: solda A, sağda B çəkilir",
        "Բաժանարար. ձախում նախորդն է, աջում՝ հաջորդը",
        "Разделитель: слева было, справа стало",
    ),
    "Route {name}: {removed} removed, {added} added, {kept} kept; {before} long before, {after} "
    "now": (
        "{name} marşrutu: {removed} çıxarılıb, {added} əlavə olunub, {kept} saxlanılıb; uzunluğu "
        "əvvəl {before}, indi {after}",
        "{name} երթուղի. հանված է {removed}, ավելացված է {added}, պահպանված է {kept}. "
        "երկարությունը՝ առաջ {before}, այժմ {after}",
        "Маршрут {name}: убрано {removed}, добавлено {added}, сохранилось {kept}; длина прежде "
        "{before}, теперь {after}",
    ),
    "Route {name}: same course, {after} long": (
        "{name} marşrutu: eyni yol, uzunluğu {after}",
        "{name} երթուղի. նույն ուղին, երկարությունը՝ {after}",
        "Маршрут {name}: прежний путь, длина {after}",
    ),
    "{name}: {gained} gained, {lost} lost; {before} before, {after} now": (
        "{name}: {gained} artıb, {lost} azalıb; əvvəl {before}, indi {after}",
        "{name}. ավելացել է {gained}, պակասել է {lost}. առաջ {before}, այժմ {after}",
        "{name}: прибавилось {gained}, убавилось {lost}; прежде {before}, теперь {after}",
    ),
    "Nothing differs.": ("Fərq yoxdur.", "Տարբերություն չկա։", "Различий нет."),
    "This file holds no measurements for these two dates: only what came, went or changed. A map "
    "made with {option} holds them.": (
        "Bu faylda bu iki tarix üçün ölçmələr yoxdur: yalnız nəyin əlavə olunduğu, çıxarıldığı və "
        "ya dəyişdiyi göstərilir. Ölçmələr bu əmrlə yaradılan xəritədə olur: {option}.",
        "Այս ֆայլում այս երկու ամսաթվի համար չափումներ չկան. երևում է միայն, թե ինչ է ավելացել, "
        "հանվել կամ փոխվել։ Չափումները կլինեն այս հրամանով ստեղծված քարտեզում՝ {option}։",
        "В этом файле нет измерений для этих двух дат: показано лишь, что появилось, исчезло или "
        "изменилось. Измерения есть в карте, созданной командой {option}.",
    ),
    "No version yet on one of the two dates: {layers}": (
        "İki tarixdən birində hələ versiya yoxdur: {layers}",
        "Երկու ամսաթվից մեկում դեռ տարբերակ չկա՝ {layers}",
        "На одну из двух дат версии ещё нет: {layers}",
    ),
    "Measured with a tolerance of {size}: lines no farther apart count as the same.": (
        "{size} tolerantlıqla ölçülüb: bir-birindən daha uzaq olmayan xətlər eyni sayılır.",
        "Չափված է {size} թույլատրելի շեղմամբ. իրարից ավելի հեռու չգտնվող գծերը համարվում են "
        "նույնը։",
        "Измерено с допуском {size}: линии, отстоящие не дальше, считаются одинаковыми.",
    ),
    "What changed is drawn with a stated uncertainty of up to {size}; numbers are rounded "
    "accordingly.": (
        "Dəyişənlər {size} qədər göstərilən qeyri-müəyyənliklə çəkilib; rəqəmlər buna uyğun "
        "yuvarlaqlaşdırılıb.",
        "Փոփոխվածը գծված է մինչև {size} նշված անորոշությամբ. թվերը կլորացված են ըստ դրա։",
        "Изменившееся нанесено с указанной погрешностью до {size}; числа округлены соответственно.",
    ),
    "Events in between ({count})": (
        "Aradakı hadisələr ({count})",
        "Միջանկյալ իրադարձություններ ({count})",
        "События между датами ({count})",
    ),
    "Features that differ ({count})": (
        "Fərqlənən obyektlər ({count})",
        "Տարբերվող օբյեկտներ ({count})",
        "Отличающиеся объекты ({count})",
    ),
    "Places affected ({count})": (
        "Toxunulan məntəqələr ({count})",
        "Առնչվող բնակավայրեր ({count})",
        "Затронутые населённые пункты ({count})",
    ),
    "{name}: now inside {of}": (
        "{name}: indi daxilindədir: {of}",
        "{name}. այժմ ներսում է՝ {of}",
        "{name}: теперь внутри: {of}",
    ),
    "{name}: no longer inside {of}": (
        "{name}: artıq daxilində deyil: {of}",
        "{name}. այլևս ներսում չէ՝ {of}",
        "{name}: больше не внутри: {of}",
    ),
    "{name}: now within reach of the route {of}": (
        "{name}: indi marşrutun yaxınlığındadır: {of}",
        "{name}. այժմ երթուղու մոտակայքում է՝ {of}",
        "{name}: теперь вблизи маршрута {of}",
    ),
    "{name}: no longer within reach of the route {of}": (
        "{name}: artıq marşrutun yaxınlığında deyil: {of}",
        "{name}. այլևս երթուղու մոտակայքում չէ՝ {of}",
        "{name}: больше не вблизи маршрута {of}",
    ),
    "Section": ("Hissə", "Հատված", "Участок"),
    "km in A": ("A, km", "առաջ, կմ", "было, км"),
    "km in B": ("B, km", "հետո, կմ", "стало, км"),
    "added": ("əlavə olunub", "ավելացված", "добавлено"),
    "removed": ("çıxarılıb", "հանված", "убрано"),
    "split": ("bölünüb", "տրոհված", "разделено"),
    "merged": ("birləşib", "միավորված", "объединено"),
    "new id": ("yeni id", "նոր id", "новый id"),
    "same shape, other points": (
        "eyni forma, başqa nöqtələr",
        "նույն ձևը, այլ կետեր",
        "та же форма, другие точки",
    ),
    "opposite direction": ("əks istiqamət", "հակառակ ուղղություն", "обратное направление"),
    "redrawn within the tolerance": (
        "tolerantlıq daxilində yenidən çəkilib",
        "վերագծված թույլատրելի շեղման սահմաններում",
        "перерисовано в пределах допуска",
    ),
    "moved": ("yeri dəyişib", "տեղափոխված", "перемещено"),
    "rerouted": ("marşrutu dəyişib", "երթուղին փոխված", "маршрут изменён"),
    "reshaped": ("forması dəyişib", "ձևը փոխված", "форма изменена"),
    "shape or place differs, not measured": (
        "forma və ya yer fərqlidir, ölçülməyib",
        "ձևը կամ տեղը տարբեր է, չափված չէ",
        "форма или место отличаются, не измерено",
    ),
    "smaller than the stated uncertainty": (
        "göstərilən qeyri-müəyyənlikdən kiçikdir",
        "նշված անորոշությունից փոքր է",
        "меньше указанной погрешности",
    ),
    "attributes": ("atributlar", "հատկանիշներ", "атрибуты"),
    "under {size}": ("{size}-dən az", "{size}-ից պակաս", "менее {size}"),
    "over {size}": ("{size}-dən çox", "{size}-ից ավելի", "более {size}"),
    "{number} %": ("{number} %", "{number} %", "{number} %"),
    "{number} m²": ("{number} m²", "{number} մ²", "{number} м²"),
    "Line differs, not measured": (
        "Xətt fərqlidir, ölçülməyib",
        "Գիծը տարբեր է, չափված չէ",
        "Линия отличается, не измерено",
    ),
    "Area differs, not measured": (
        "Sahə fərqlidir, ölçülməyib",
        "Տարածքը տարբեր է, չափված չէ",
        "Площадь отличается, не измерено",
    ),
    "Place differs, not measured": (
        "Yer fərqlidir, ölçülməyib",
        "Տեղը տարբեր է, չափված չէ",
        "Место отличается, не измерено",
    ),
    # The panel
    "Legend and details": (
        "Şərti işarələr və təfərrüatlar",
        "Պայմանական նշաններ և մանրամասներ",
        "Условные обозначения и подробности",
    ),
    "About this map": ("Bu xəritə haqqında", "Այս քարտեզի մասին", "Об этой карте"),
    "Not an official map. Lines are approximate: see the uncertainty of each feature. The map "
    "takes no position on the status of any territory or on names; where parties or sources "
    "differ, the note of the feature states both.": (
        "Rəsmi xəritə deyil. Xətlər təxminidir: hər obyektin qeyri-müəyyənliyinə baxın. Xəritə hər "
        "hansı ərazinin statusu və ya adlar barədə mövqe bildirmir; tərəflər və ya mənbələr "
        "fərqləndikdə obyektin qeydi hər ikisini göstərir.",
        "Պաշտոնական քարտեզ չէ։ Գծերը մոտավոր են. տե՛ս յուրաքանչյուր օբյեկտի անորոշությունը։ "
        "Քարտեզը դիրքորոշում չի հայտնում որևէ տարածքի կարգավիճակի կամ անունների վերաբերյալ. երբ "
        "կողմերը կամ աղբյուրները տարբերվում են, օբյեկտի նշումը տալիս է երկուսն էլ։",
        "Карта не является официальной. Линии приблизительны: см. погрешность каждого объекта. "
        "Карта не выражает позиции о статусе каких-либо территорий и о названиях; если стороны "
        "или источники расходятся, в примечании к объекту приведены обе версии.",
    ),
    "Names in Azerbaijani, Armenian and Russian have not yet been reviewed by a speaker.": (
        "Azərbaycan, erməni və rus dillərindəki adlar hələ dil daşıyıcısı tərəfindən "
        "yoxlanılmayıb.",
        "Ադրբեջաներեն, հայերեն և ռուսերեն անունները դեռ չեն ստուգվել լեզվակրի կողմից։",
        "Названия на азербайджанском, армянском и русском языках ещё не проверены носителями.",
    ),
    "The last state of a feature stays on the map when no later one is known; that does not prove "
    "that it still holds.": (
        "Sonrakı vəziyyət məlum olmadıqda obyektin son vəziyyəti xəritədə qalır; bu, onun hələ də "
        "qüvvədə olduğunu sübut etmir.",
        "Երբ ավելի ուշ վիճակ հայտնի չէ, օբյեկտի վերջին վիճակը մնում է քարտեզի վրա. դա չի "
        "ապացուցում, որ այն դեռ ուժի մեջ է։",
        "Последнее состояние объекта остаётся на карте, если более позднее не известно; это не "
        "доказывает, что оно сохраняется.",
    ),
    "Data: ": ("Məlumatlar: ", "Տվյալներ՝ ", "Данные: "),
    "One file, no network. Drawn with Leaflet 1.9.4 (BSD 2-Clause).": (
        "Bir fayl, şəbəkəsiz. Leaflet 1.9.4 (BSD 2-Clause) ilə çəkilib.",
        "Մեկ ֆայլ, առանց ցանցի։ Գծված է Leaflet 1.9.4-ով (BSD 2-Clause)։",
        "Один файл, без сети. Нарисовано с помощью Leaflet 1.9.4 (BSD 2-Clause).",
    ),
    "nothing in view": ("görünən heç nə yoxdur", "տեսադաշտում ոչինչ չկա", "ничего не видно"),
    "Sources ({count})": ("Mənbələr ({count})", "Աղբյուրներ ({count})", "Источники ({count})"),
    "Sources": ("Mənbələr", "Աղբյուրներ", "Источники"),
    "Sources of what is shown": (
        "Göstərilənlərin mənbələri",
        "Ցուցադրվածի աղբյուրները",
        "Источники показанного",
    ),
    "Close": ("Bağla", "Փակել", "Закрыть"),
    "Without a name": ("Adsız", "Անանուն", "Без названия"),
    "Show uncertainty": (
        "Qeyri-müəyyənliyi göstər",
        "Ցույց տալ անորոշությունը",
        "Показать погрешность",
    ),
    "The true place may lie anywhere in the band; what has none states no uncertainty": (
        "Həqiqi yer zolağın istənilən nöqtəsində ola bilər; zolağı olmayanın qeyri-müəyyənliyi "
        "göstərilməyib",
        "Իրական տեղը կարող է լինել շերտի ցանկացած կետում. շերտ չունեցողի անորոշությունը նշված չէ",
        "Истинное место может быть в любой точке полосы; где её нет, погрешность не указана",
    ),
    # Properties of a feature
    "Azerbaijani": ("Azərbaycanca", "Ադրբեջաներեն", "Азербайджанский"),
    "Armenian": ("Ermənicə", "Հայերեն", "Армянский"),
    "Russian": ("Rusca", "Ռուսերեն", "Русский"),
    "English": ("İngiliscə", "Անգլերեն", "Английский"),
    "Kind": ("Növ", "Տեսակ", "Вид"),
    "Mode": ("Nəqliyyat", "Փոխադրամիջոց", "Транспорт"),
    "Status": ("Status", "Կարգավիճակ", "Состояние"),
    "Traffic": ("Hərəkət", "Երթևեկություն", "Движение"),
    "Direction": ("İstiqamət", "Ուղղություն", "Направление"),
    "Begins at": ("Başlanğıcı", "Սկիզբը", "Начало"),
    "Ends at": ("Sonu", "Վերջը", "Конец"),
    "What the statuses mean": (
        "Vəziyyətlər nə deməkdir",
        "Ինչ են նշանակում կարգավիճակները",
        "Что означают состояния",
    ),
    "civilians": ("mülki şəxslər", "քաղաքացիական անձինք", "гражданские лица"),
    "goods": ("yüklər", "ապրանքներ", "грузы"),
    "humanitarian aid": ("humanitar yardım", "մարդասիրական օգնություն", "гуманитарная помощь"),
    "patients": ("xəstələr", "հիվանդներ", "больные"),
    "the contingent": ("kontingent", "զորախումբը", "контингент"),
    "none": ("heç kim", "ոչ ոք", "никто"),
    "both ways": ("hər iki istiqamətdə", "երկու ուղղությամբ", "в обе стороны"),
    "one way, as the line runs": (
        "bir istiqamətdə, xəttin gedişi ilə",
        "մեկ ուղղությամբ՝ գծի ընթացքով",
        "в одну сторону, по ходу линии",
    ),
    "one way, against the line": (
        "bir istiqamətdə, xəttin əksinə",
        "մեկ ուղղությամբ՝ գծին հակառակ",
        "в одну сторону, против хода линии",
    ),
    "one way, from {from} to {to}": (
        "bir istiqamətdə: {from} – {to}",
        "մեկ ուղղությամբ՝ {from} – {to}",
        "в одну сторону: {from} – {to}",
    ),
    "{status}: {meaning}": ("{status}: {meaning}", "{status}. {meaning}", "{status}: {meaning}"),
    "everyone passes": ("hamı keçir", "բոլորն անցնում են", "проезд для всех"),
    "only some pass; traffic names them where a source does": (
        "yalnız bəziləri keçir; mənbə bildirirsə, «Hərəkət» onları göstərir",
        "անցնում են միայն ոմանք. եթե աղբյուրը նշում է, տե՛ս «Երթևեկություն»",
        "проезжают лишь некоторые; если источник их называет, см. «Движение»",
    ),
    "nobody passes from end to end": (
        "başdan-başa heç kim keçmir",
        "ծայրից ծայր ոչ ոք չի անցնում",
        "сквозного проезда нет",
    ),
    "nobody passes yet; it is being built": (
        "hələ heç kim keçmir; tikilir",
        "դեռ ոչ ոք չի անցնում. կառուցվում է",
        "проезда ещё нет; строится",
    ),
    "nobody passes yet; it is finished, not opened": (
        "hələ heç kim keçmir; tikilib, amma açılmayıb",
        "դեռ ոչ ոք չի անցնում. ավարտված է, բայց բացված չէ",
        "проезда ещё нет; построена, но не открыта",
    ),
    "nobody passes; it is agreed, announced or designed": (
        "heç kim keçmir; razılaşdırılıb, elan edilib və ya layihələndirilir",
        "ոչ ոք չի անցնում. համաձայնեցված է, հայտարարված կամ նախագծվում է",
        "проезда нет; согласована, объявлена или проектируется",
    ),
    "its route has left it; local traffic may remain": (
        "marşrut buradan keçmir; yerli hərəkət qala bilər",
        "երթուղին այլևս այստեղով չէ. տեղական երթևեկությունը կարող է մնալ",
        "маршрут её покинул; местное движение может оставаться",
    ),
    "nobody passes; it has been out of use for years": (
        "heç kim keçmir; illərdir istifadə olunmur",
        "ոչ ոք չի անցնում. տարիներ շարունակ չի օգտագործվում",
        "проезда нет; не используется много лет",
    ),
    "Basis": ("Əsas", "Հիմք", "Основание"),
    "Controller": ("Nəzarət edən", "Վերահսկող", "Контролирует"),
    "Route": ("Marşrut", "Երթուղի", "Маршрут"),
    "Since": ("Başlanğıc", "Սկսած", "С какого времени"),
    "Certainty": ("Etibarlılıq", "Հավաստիություն", "Достоверность"),
    "Uncertainty": ("Qeyri-müəyyənlik", "Անորոշություն", "Погрешность"),
    "Drawing": ("Çəkiliş", "Գծում", "Изображение"),
    "Length": ("Uzunluq", "Երկարություն", "Длина"),
    "Area drawn": ("Çəkilmiş sahə", "Գծված մակերես", "Площадь по карте"),
    "Note": ("Qeyd", "Նշում", "Примечание"),
    "{km} km published": ("{km} km dərc olunub", "{km} կմ հրապարակված", "{km} км опубликовано"),
    "{km} km as drawn": ("{km} km çəkilmiş", "{km} կմ գծված", "{km} км по карте"),
    "{number} km": ("{number} km", "{number} կմ", "{number} км"),
    "{number} m": ("{number} m", "{number} մ", "{number} м"),
    "{number} km²": ("{number} km²", "{number} կմ²", "{number} км²"),
    "the true place may lie about {size} either way": (
        "həqiqi yer hər iki tərəfə təxminən {size} fərqlənə bilər",
        "իրական տեղը կարող է շեղվել մոտ {size} ցանկացած կողմ",
        "истинное место может отстоять примерно на {size} в любую сторону",
    ),
    "in force": ("qüvvədə", "ուժի մեջ", "в силе"),
    "held": ("saxlanılır", "պահվում է", "удерживается"),
    "operating": ("fəaliyyətdədir", "գործում է", "действует"),
    "dismantled": ("sökülüb", "ապամոնտաժված", "демонтировано"),
    "inside the zone": ("zonanın daxilində", "գոտու ներսում", "внутри зоны"),
    "in the corridor": ("dəhlizdə", "միջանցքում", "в коридоре"),
    "divided": ("bölünüb", "բաժանված", "разделено"),
    "disputed": ("mübahisəli", "վիճելի", "спорно"),
    "outside the zone": ("zonadan kənarda", "գոտուց դուրս", "вне зоны"),
    "not known": ("məlum deyil", "անհայտ է", "неизвестно"),
    "responsibility, as stated or mapped by those who answer for it": (
        "məsuliyyət, cavabdeh tərəfin bəyan etdiyi və ya xəritələdiyi kimi",
        "պատասխանատվություն, ինչպես նշել կամ քարտեզագրել է պատասխանատու կողմը",
        "ответственность, как заявлено или нанесено на карту теми, кто за неё отвечает",
    ),
    "control on the ground, as reported": (
        "yerdə nəzarət, məlumata görə",
        "վերահսկողություն տեղում՝ ըստ հաղորդումների",
        "контроль на местности, по сообщениям",
    ),
    "traffic, as reported": (
        "hərəkət, məlumata görə",
        "երթևեկություն՝ ըստ հաղորդումների",
        "движение, по сообщениям",
    ),
    "geography": ("coğrafiya", "աշխարհագրություն", "география"),
    "agreed: both parties state it": (
        "razılaşdırılıb: hər iki tərəf bildirir",
        "համաձայնեցված. նշում են երկու կողմերն էլ",
        "согласовано: заявляют обе стороны",
    ),
    "corroborated: several sources": (
        "təsdiqlənib: bir neçə mənbə",
        "հաստատված. մի քանի աղբյուր",
        "подтверждено: несколько источников",
    ),
    "reported: one source or one side": (
        "bildirilib: bir mənbə və ya bir tərəf",
        "հաղորդված. մեկ աղբյուր կամ մեկ կողմ",
        "сообщено: один источник или одна сторона",
    ),
    "inferred: follows from what is reported, not stated as such": (
        "nəticə: bildirilənlərdən irəli gəlir, birbaşa deyilməyib",
        "եզրակացված. բխում է հաղորդվածից, ուղղակի նշված չէ",
        "вывод: следует из сообщений, прямо не заявлено",
    ),
    "derived from published geometry": (
        "dərc olunmuş həndəsədən alınıb",
        "ստացված հրապարակված երկրաչափությունից",
        "получено из опубликованной геометрии",
    ),
    "digitised from satellite images": (
        "peyk təsvirlərindən rəqəmləşdirilib",
        "թվայնացված արբանյակային պատկերներից",
        "оцифровано по спутниковым снимкам",
    ),
    "generalised from a published small-scale line": (
        "kiçik miqyaslı dərc olunmuş xətdən ümumiləşdirilib",
        "ընդհանրացված հրապարակված փոքրամասշտաբ գծից",
        "обобщено с опубликованной мелкомасштабной линии",
    ),
    "schematic: straight segments between known points": (
        "sxematik: məlum nöqtələr arasında düz xətlər",
        "սխեմատիկ. ուղիղ գծեր հայտնի կետերի միջև",
        "схематично: прямые отрезки между известными точками",
    ),
    "international": ("beynəlxalq", "միջազգային", "международная"),
    "district": ("rayon", "շրջանային", "районная"),
    "former line": ("keçmiş xətt", "նախկին գիծ", "прежняя линия"),
    # Kinds and modes
    "airport": ("hava limanı", "օդանավակայան", "аэропорт"),
    "border": ("sərhəd", "սահման", "граница"),
    "bridge": ("körpü", "կամուրջ", "мост"),
    "checkpoint": ("nəzarət-buraxılış məntəqəsi", "անցակետ", "пропускной пункт"),
    "city": ("şəhər", "քաղաք", "город"),
    "closure": ("bağlanma", "փակում", "перекрытие"),
    "core": ("əsas hissə", "հիմնական մաս", "основная часть"),
    "corridor strip": ("dəhliz zolağı", "միջանցքի շերտ", "полоса коридора"),
    "crossing": ("keçid", "անցում", "переход"),
    "district lines": ("rayon sərhədləri", "շրջանների սահմաններ", "границы районов"),
    "headquarters": ("qərargah", "շտաբ", "штаб"),
    "height": ("yüksəklik", "բարձունք", "высота"),
    "lake": ("göl", "լիճ", "озеро"),
    "monastery": ("monastır", "վանք", "монастырь"),
    "humanitarian centre": ("humanitar mərkəz", "մարդասիրական կենտրոն", "гуманитарный центр"),
    "monitoring centre": ("monitorinq mərkəzi", "մոնիթորինգի կենտրոն", "мониторинговый центр"),
    "mountain": ("dağ", "լեռ", "гора"),
    "pocket": ("ayrılmış sahə", "առանձնացված տարածք", "изолированный участок"),
    "post": ("post", "դիտակետ", "пост"),
    "railway": ("dəmir yolu", "երկաթուղի", "железная дорога"),
    "reservoir": ("su anbarı", "ջրամբար", "водохранилище"),
    "river": ("çay", "գետ", "река"),
    "road": ("yol", "ճանապարհ", "дорога"),
    "town": ("şəhər", "քաղաք", "город"),
    "village": ("kənd", "գյուղ", "село"),
    "air": ("hava", "օդային", "воздушный"),
    "rail": ("dəmir yolu", "երկաթուղային", "железнодорожный"),
}
