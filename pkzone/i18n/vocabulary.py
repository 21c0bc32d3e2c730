"""What the words on a map are in other languages: English, then Azerbaijani, Armenian, Russian.

Only `pkzone.i18n.messages` reads these tables. A label in parts, ``Corridor road, open``, is put
together from its parts unless it stands here whole. No speaker has reviewed them yet.
"""

from __future__ import annotations

from typing import Final

__all__ = ["DATES", "MONTHS", "MONTHS_ALONE", "WORDS"]

#: Words by their English form; parts in braces are filled in.
WORDS: Final[dict[str, tuple[str, str, str]]] = {
    # Round the map
    "Map as of {date}": (
        "Xəritə: {date} tarixinə olan vəziyyət",
        "Քարտեզ՝ {date}-ի դրությամբ",
        "Карта по состоянию на {date}",
    ),
    "State since {date}: {title}": (
        "{date} tarixindən: {title}",
        "{date}-ից՝ {title}",
        "С {date}: {title}",
    ),
    "{base} compared with {target}": (
        "{base} və {target}: müqayisə",
        "{base} և {target}. համեմատություն",
        "{base} и {target}: сравнение",
    ),
    "Legend": ("Şərti işarələr", "Պայմանական նշաններ", "Условные обозначения"),
    "Zone and control": ("Zona və nəzarət", "Գոտի և վերահսկողություն", "Зона и контроль"),
    "Routes": ("Marşrutlar", "Երթուղիներ", "Маршруты"),
    "Sites and places": (
        "Obyektlər və yaşayış məntəqələri",
        "Օբյեկտներ և բնակավայրեր",
        "Объекты и населённые пункты",
    ),
    "Base map": ("Əsas xəritə", "Հիմնական քարտեզ", "Основа карты"),
    "Other layers": ("Digər qatlar", "Այլ շերտեր", "Прочие слои"),
    "How sure": ("Etibarlılıq", "Հավաստիություն", "Достоверность"),
    "Difference": ("Fərq", "Տարբերություն", "Различие"),
    "Base: {name}": ("Əvvəl: {name}", "Առաջ՝ {name}", "Было: {name}"),
    "Target: {name}": ("Sonra: {name}", "Հետո՝ {name}", "Стало: {name}"),
    "km": ("km", "կմ", "км"),
    "m": ("m", "մ", "м"),
    "km²": ("km²", "կմ²", "км²"),
    "E": ("ş. u.", "արլ.", "в. д."),
    "W": ("q. u.", "արմ.", "з. д."),
    "N": ("şm. e.", "հս.", "с. ш."),
    "S": ("c. e.", "հվ.", "ю. ш."),
    "Sources: {list}": ("Mənbələr: {list}", "Աղբյուրներ՝ {list}", "Источники: {list}"),
    "and {count} more": ("və daha {count}", "և ևս {count}", "и ещё {count}"),
    "Data: {title}": ("Məlumatlar: {title}", "Տվյալներ՝ {title}", "Данные: {title}"),
    "Data: {title}, {licence}": (
        "Məlumatlar: {title}, {licence}",
        "Տվյալներ՝ {title}, {licence}",
        "Данные: {title}, {licence}",
    ),
    "Lambert azimuthal equal-area projection centred on {place}, WGS 84.": (
        "Lambert azimutal bərabərsahəli proyeksiyası, mərkəzi {place}, WGS 84.",
        "Լամբերտի հավասարամեծ ազիմուտային պրոյեկցիա, կենտրոնը՝ {place}, WGS 84։",
        "Равновеликая азимутальная проекция Ламберта с центром {place}, WGS 84.",
    ),
    "Not an official map. Lines are approximate: they may be off by the uncertainty that the data "
    "state. The map takes no position on the status of any territory or on names; where parties "
    "or sources differ, the data state both.": (
        "Rəsmi xəritə deyil. Xətlər təxminidir: onlar məlumatlarda göstərilən qeyri-müəyyənlik "
        "həddində yerini dəyişə bilər. Xəritə hər hansı ərazinin statusu və ya adlar barədə mövqe "
        "bildirmir; tərəflər və ya mənbələr fərqləndikdə məlumatlar hər ikisini göstərir.",
        "Պաշտոնական քարտեզ չէ։ Գծերը մոտավոր են և կարող են շեղվել տվյալներում նշված "
        "անորոշության չափով։ Քարտեզը դիրքորոշում չի հայտնում որևէ տարածքի կարգավիճակի կամ "
        "անունների վերաբերյալ. երբ կողմերը կամ աղբյուրները տարբերվում են, տվյալները նշում են "
        "երկուսն էլ։",
        "Карта не является официальной. Линии приблизительны и могут отклоняться на указанную в "
        "данных погрешность. Карта не выражает позиции о статусе каких-либо территорий и о "
        "названиях; если стороны или источники расходятся, в данных приведены обе версии.",
    ),
    "The words and names in this language have not yet been reviewed by a speaker.": (
        "Bu dildəki mətn və adlar hələ dil daşıyıcısı tərəfindən yoxlanılmayıb.",
        "Այս լեզվով գրվածքներն ու անունները դեռ չեն ստուգվել լեզվակրի կողմից։",
        "Надписи и названия на этом языке ещё не проверены его носителем.",
    ),
    # Names of layers and of the catalogue that comes with pkzone
    "Peacekeeping zone in Nagorno-Karabakh, 2020 to 2024, and the links around it": (
        "Dağlıq Qarabağda sülhməramlı zona, 2020-2024, və ətrafdakı nəqliyyat xətləri",
        "Խաղաղապահ գոտին Լեռնային Ղարաբաղում, 2020-2024, և շրջակա հաղորդակցությունները",
        "Миротворческая зона в Нагорном Карабахе, 2020-2024, и сообщение вокруг неё",
    ),
    "Rivers and lakes": ("Çaylar və göllər", "Գետեր և լճեր", "Реки и озёра"),
    "Boundaries": ("Sərhədlər", "Սահմաններ", "Границы"),
    "Areas that changed hands": (
        "Nəzarəti dəyişmiş ərazilər",
        "Վերահսկողությունը փոխած տարածքներ",
        "Территории, перешедшие под другой контроль",
    ),
    "Responsibility zone": ("Məsuliyyət zonası", "Պատասխանատվության գոտի", "Зона ответственности"),
    "Transport links": (
        "Nəqliyyat əlaqələri",
        "Տրանսպորտային հաղորդակցություններ",
        "Транспортные связи",
    ),
    "Lachin corridor": ("Laçın dəhlizi", "Լաչինի միջանցք", "Лачинский коридор"),
    "Places": ("Yaşayış məntəqələri", "Բնակավայրեր", "Населённые пункты"),
    "Sites": ("Obyektlər", "Օբյեկտներ", "Объекты"),
    # Zone and control
    "Area of responsibility": (
        "Məsuliyyət zonası",
        "Պատասխանատվության գոտի",
        "Зона ответственности",
    ),
    "dissolving": ("ləğv olunur", "լուծարման փուլում", "упраздняется"),
    "Corridor strip": ("Dəhliz zolağı", "Միջանցքի շերտ", "Полоса коридора"),
    "Pocket": ("Anklav sahə", "Առանձնացված տարածք", "Изолированный участок"),
    "District handed over": ("Təhvil verilmiş rayon", "Հանձնված շրջան", "Переданный район"),
    "Reported to have passed to Azerbaijani control": (
        "Məlumata görə, Azərbaycanın nəzarətinə keçib",
        "Ըստ հաղորդումների՝ անցել է Ադրբեջանի վերահսկողության տակ",
        "По сообщениям, перешло под контроль Азербайджана",
    ),
    "Reported to have changed hands": (
        "Məlumata görə, nəzarət dəyişib",
        "Ըստ հաղորդումների՝ վերահսկողությունը փոխվել է",
        "По сообщениям, контроль сменился",
    ),
    # Roads, railways, airports
    "Corridor road": ("Dəhliz yolu", "Միջանցքի ճանապարհ", "Дорога коридора"),
    "Road link": ("Avtomobil yolu", "Ավտոճանապարհ", "Автодорога"),
    "Railway": ("Dəmir yolu", "Երկաթուղի", "Железная дорога"),
    "Airport": ("Hava limanı", "Օդանավակայան", "Аэропорт"),
    "open": ("açıq", "բաց", "открыта"),
    "restricted": ("məhdudiyyətli", "սահմանափակ", "с ограничениями"),
    "closed": ("bağlı", "փակ", "закрыта"),
    "under construction": ("tikilir", "կառուցվում է", "строится"),
    "complete but not in use": (
        "tamamlanıb, lakin istifadə edilmir",
        "ավարտված, բայց չի գործում",
        "построена, но не используется",
    ),
    "former": ("keçmiş", "նախկին", "бывшая"),
    "disused": ("istifadəsiz", "չօգտագործվող", "не используется"),
    "planned": ("planlaşdırılan", "նախատեսված", "планируется"),
    "without flights": ("uçuşsuz", "առանց թռիչքների", "без рейсов"),
    # Sites
    "Headquarters": ("Qərargah", "Շտաբ", "Штаб"),
    "Monitoring centre": ("Monitorinq mərkəzi", "Մոնիթորինգի կենտրոն", "Мониторинговый центр"),
    "Checkpoint": ("Nəzarət-buraxılış məntəqəsi", "Անցակետ", "Пропускной пункт"),
    "Crossing": ("Keçid", "Անցում", "Переход"),
    "Observation post": ("Müşahidə postu", "Դիտակետ", "Наблюдательный пост"),
    "Closure of the road": ("Yolun bağlanması", "Ճանապարհի փակում", "Перекрытие дороги"),
    "Other site": ("Digər obyekt", "Այլ օբյեկտ", "Прочий объект"),
    "closed or not in use": (
        "bağlı və ya istifadəsiz",
        "փակ կամ չգործող",
        "закрыто или не используется",
    ),
    "lifted": ("aradan qaldırılıb", "վերացված", "снято"),
    # Places
    "Place": ("Yaşayış məntəqəsi", "Բնակավայր", "Населённый пункт"),
    "Place inside the zone": (
        "Zonada yaşayış məntəqəsi",
        "Բնակավայր գոտում",
        "Населённый пункт в зоне",
    ),
    "Place in the corridor": (
        "Dəhlizdə yaşayış məntəqəsi",
        "Բնակավայր միջանցքում",
        "Населённый пункт в коридоре",
    ),
    "Place divided": (
        "Bölünmüş yaşayış məntəqəsi",
        "Բաժանված բնակավայր",
        "Разделённый населённый пункт",
    ),
    "Place disputed": (
        "Mübahisəli yaşayış məntəqəsi",
        "Վիճելի բնակավայր",
        "Спорный населённый пункт",
    ),
    "Place outside the zone": (
        "Zonadan kənar yaşayış məntəqəsi",
        "Բնակավայր գոտուց դուրս",
        "Населённый пункт вне зоны",
    ),
    "status not known": ("statusu məlum deyil", "կարգավիճակն անհայտ է", "статус неизвестен"),
    # Base map
    "International boundary": ("Dövlət sərhədi", "Միջազգային սահման", "Государственная граница"),
    "District boundary": ("Rayon sərhədi", "Շրջանի սահման", "Граница района"),
    "Former line (1991, 1994)": (
        "Keçmiş xətt (1991, 1994)",
        "Նախկին գիծ (1991, 1994)",
        "Прежняя линия (1991, 1994)",
    ),
    "Boundary": ("Sərhəd", "Սահման", "Граница"),
    "Lake or reservoir": ("Göl və ya su anbarı", "Լիճ կամ ջրամբար", "Озеро или водохранилище"),
    "River": ("Çay", "Գետ", "Река"),
    "Area": ("Sahə", "Տարածք", "Площадь"),
    "Line": ("Xətt", "Գիծ", "Линия"),
    "Point": ("Nöqtə", "Կետ", "Точка"),
    "Outline": ("Kontur", "Ուրվագիծ", "Контур"),
    "Pale band: schematic, straight segments between known points": (
        "Solğun zolaq: sxematik, məlum nöqtələr arasında düz xətlər",
        "Բաց շերտ՝ սխեմատիկ, ուղիղ գծեր հայտնի կետերի միջև",
        "Бледная полоса: схематично, прямые отрезки между известными точками",
    ),
    "Paler: inferred, not reported as such": (
        "Daha solğun: nəticə çıxarılıb, birbaşa bildirilməyib",
        "Ավելի բաց՝ եզրակացված, որպես այդպիսին չհաղորդված",
        "Бледнее: вывод, прямо не сообщалось",
    ),
    # Difference
    "Added": ("Əlavə olunub", "Ավելացված", "Добавлено"),
    "Added, but not in use": (
        "Əlavə olunub, lakin istifadə edilmir",
        "Ավելացված, բայց չի գործում",
        "Добавлено, но не используется",
    ),
    "Gained": ("Artan sahə", "Ավելացած տարածք", "Прибавившаяся площадь"),
    "Removed": ("Çıxarılıb", "Հանված", "Убрано"),
    "Removed, not in use before": (
        "Çıxarılıb, əvvəl də istifadə edilmirdi",
        "Հանված, նախկինում չէր գործում",
        "Убрано, прежде не использовалось",
    ),
    "Lost": ("Azalan sahə", "Կորցրած տարածք", "Убавившаяся площадь"),
    "Kept": ("Saxlanılıb", "Պահպանված", "Сохранилось"),
    "Differs, but no ground gained or lost": (
        "Fərqlidir, lakin sahə dəyişməyib",
        "Տարբերվում է, բայց տարածքը չի փոխվել",
        "Отличается, но площадь не изменилась",
    ),
    "Same line, attributes or id differ": (
        "Həmin xətt, atributlar və ya id fərqlidir",
        "Նույն գիծը, տարբեր են հատկանիշները կամ id-ն",
        "Та же линия, отличаются атрибуты или id",
    ),
    "Same area, attributes or id differ": (
        "Həmin sahə, atributlar və ya id fərqlidir",
        "Նույն տարածքը, տարբեր են հատկանիշները կամ id-ն",
        "Та же площадь, отличаются атрибуты или id",
    ),
    "Same place, attributes or id differ": (
        "Həmin yer, atributlar və ya id fərqlidir",
        "Նույն տեղը, տարբեր են հատկանիշները կամ id-ն",
        "То же место, отличаются атрибуты или id",
    ),
    "Place that entered": ("Daxil olan məntəqə", "Ներառված բնակավայր", "Вошедший населённый пункт"),
    "Place that left": ("Çıxan məntəqə", "Դուրս եկած բնակավայր", "Выбывший населённый пункт"),
    "Affected": ("Toxunulan", "Ազդեցության տակ", "Затронуто"),
    "Route {name}": ("Marşrut {name}", "Երթուղի {name}", "Маршрут {name}"),
    "Length as drawn": ("Uzunluq (çəkilmiş)", "Երկարությունը (գծված)", "Длина (по карте)"),
    "Length as published": (
        "Uzunluq (dərc olunmuş)",
        "Երկարությունը (հրապարակված)",
        "Длина (опубликованная)",
    ),
    "Farthest apart": ("Ən böyük aralıq", "Ամենամեծ հեռավորությունը", "Наибольшее расстояние"),
    "Ground covered": ("Əhatə olunan sahə", "Ընդգրկված տարածք", "Охваченная площадь"),
    "Area as drawn": ("Sahə (çəkilmiş)", "Մակերեսը (գծված)", "Площадь (по карте)"),
    "Share of both in common": ("Ortaq pay", "Ընդհանուր մասը", "Общая доля"),
    "Measured with": ("Ölçmə şərtləri", "Չափման պայմանները", "Условия измерения"),
    "tolerance": ("tolerantlıq", "թույլատրելի շեղում", "допуск"),
    "stated uncertainty up to": (
        "göstərilən qeyri-müəyyənlik, ən çoxu",
        "նշված անորոշությունը՝ մինչև",
        "указанная погрешность до",
    ),
    "Features": ("Obyektlər", "Օբյեկտներ", "Объекты"),
    "Modified": ("Dəyişib", "Փոփոխված", "Изменено"),
    "Split": ("Bölünüb", "Տրոհված", "Разделено"),
    "Merged": ("Birləşib", "Միավորված", "Объединено"),
    "Renamed": ("Adı dəyişib", "Վերանվանված", "Переименовано"),
    "Unchanged": ("Dəyişməyib", "Չփոխված", "Без изменений"),
    # Records of a tagged table
    "Records": ("Qeydlər", "Գրառումներ", "Записи"),
    "Inside": ("Daxilində", "Ներսում", "Внутри"),
    "Outside": ("Kənarda", "Դրսում", "Снаружи"),
    "Too close to the border to say": (
        "Sərhədə çox yaxındır, müəyyən etmək olmur",
        "Չափազանց մոտ է սահմանին՝ ասելու համար",
        "Слишком близко к границе, чтобы сказать",
    ),
    "Partly inside": ("Qismən daxilində", "Մասամբ ներսում", "Частично внутри"),
    "No answer: before the first version": (
        "Cavab yoxdur: ilk versiyadan əvvəl",
        "Պատասխան չկա՝ առաջին տարբերակից առաջ",
        "Нет ответа: до первой версии",
    ),
    "No answer: no place, or before the first version": (
        "Cavab yoxdur: yeri yoxdur və ya ilk versiyadan əvvəldir",
        "Պատասխան չկա՝ տեղը նշված չէ, կամ առաջին տարբերակից առաջ է",
        "Нет ответа: нет места или раньше первой версии",
    ),
    "Records over time: {layer}": (
        "Zaman üzrə qeydlər: {layer}",
        "Գրառումներն ըստ ժամանակի՝ {layer}",
        "Записи по времени: {layer}",
    ),
    "{count} records, {first} to {last}": (
        "{count} qeyd, {first} – {last}",
        "{count} գրառում, {first} – {last}",
        "Записей: {count}, {first} – {last}",
    ),
    "{count} without a date are left out": (
        "tarixi olmayan {count} qeyd daxil edilməyib",
        "առանց ամսաթվի {count} գրառում չի ներառված",
        "без даты не учтено: {count}",
    ),
    "Records per day": ("Günə görə qeydlər", "Գրառումներ՝ ըստ օրերի", "Записей за день"),
    "Records per week": ("Həftəyə görə qeydlər", "Գրառումներ՝ ըստ շաբաթների", "Записей за неделю"),
    "Records per month": ("Aya görə qeydlər", "Գրառումներ՝ ըստ ամիսների", "Записей за месяц"),
    "Records per year": ("İlə görə qeydlər", "Գրառումներ՝ ըստ տարիների", "Записей за год"),
    "Date": ("Tarix", "Ամսաթիվ", "Дата"),
    "Answers": ("Cavablar", "Պատասխաններ", "Ответы"),
    "New versions of the layer": (
        "Qatın yeni versiyaları",
        "Շերտի նոր տարբերակներ",
        "Новые версии слоя",
    ),
    "Events": ("Hadisələr", "Իրադարձություններ", "События"),
}

#: Months as they stand after the number of a day.
MONTHS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "az": (
        "yanvar",
        "fevral",
        "mart",
        "aprel",
        "may",
        "iyun",
        "iyul",
        "avqust",
        "sentyabr",
        "oktyabr",
        "noyabr",
        "dekabr",
    ),
    "hy": (
        "հունվարի",
        "փետրվարի",
        "մարտի",
        "ապրիլի",
        "մայիսի",
        "հունիսի",
        "հուլիսի",
        "օգոստոսի",
        "սեպտեմբերի",
        "հոկտեմբերի",
        "նոյեմբերի",
        "դեկտեմբերի",
    ),
    "ru": (
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ),
}
#: Months as they stand without a day.
MONTHS_ALONE: Final[dict[str, tuple[str, ...]]] = {
    "en": MONTHS["en"],
    "az": MONTHS["az"],
    "hy": tuple(month.removesuffix("ի") for month in MONTHS["hy"]),
    "ru": (
        "январь",
        "февраль",
        "март",
        "апрель",
        "май",
        "июнь",
        "июль",
        "август",
        "сентябрь",
        "октябрь",
        "ноябрь",
        "декабрь",
    ),
}
#: Forms of a day and of a month; the year alone is a number everywhere.
DATES: Final[dict[str, tuple[str, str]]] = {
    "en": ("{day} {month} {year}", "{month} {year}"),
    "az": ("{day} {month} {year}", "{month} {year}"),
    "hy": ("{year} թ. {month} {day}", "{year} թ. {month}"),
    "ru": ("{day} {month} {year} г.", "{month} {year} г."),
}
