"""Words that only some pages need, as `pkzone.i18n.pagewords` has those of every page."""

from __future__ import annotations

from typing import Final

from pkzone.i18n.vocabulary import WORDS

__all__ = [
    "CANVAS_WORDS", "FILE_WORDS", "NOTICE_WORDS", "RECORD_WORDS", "SIMPLIFIED_WORDS", "TILE_WORDS",
]  # fmt: skip

#: Words of a page with more features than the Tab key can go through.
CANVAS_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "Map. Arrow keys pan, plus and minus zoom. The features are too many for Tab: the table lists "
    "them.": (
        "Xəritə. Ox düymələri sürüşdürür, artı və əksi miqyası dəyişir. Obyektlər Tab üçün həddən "
        "çoxdur: cədvəl onları sadalayır.",
        "Քարտեզ։ Սլաքները տեղաշարժում են, գումարումը և հանումը փոխում են մասշտաբը։ Օբյեկտները "
        "Tab-ի համար չափազանց շատ են․ աղյուսակը թվարկում է դրանք։",
        "Карта. Стрелки двигают её, плюс и минус меняют масштаб. Объектов слишком много для Tab: "
        "их перечисляет таблица.",
    ),
}

#: Words of a page whose lines and areas have fewer vertices than in the layers.
SIMPLIFIED_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "Simplified to {size}.": (
        "{size} dəqiqliyə qədər sadələşdirilib.",
        "Պարզեցված է մինչև {size}։",
        "Упрощено до {size}.",
    ),
    "Lines and areas are simplified to {size}, also in what is downloaded: no vertex left out lies "
    "farther from the line drawn. Lengths and areas are those of the full geometry.": (
        "Xətlər və sahələr {size} dəqiqliyə qədər sadələşdirilib, yüklənən fayllarda da: "
        "buraxılmış heç bir nöqtə çəkilən xətdən bundan uzaqda deyil. Uzunluqlar və sahələr tam "
        "həndəsəyə aiddir.",
        "Գծերն ու տարածքները պարզեցված են մինչև {size}, նաև ներբեռնվող ֆայլերում․ բաց թողնված ոչ "
        "մի կետ գծված գծից ավելի հեռու չէ։ Երկարություններն ու մակերեսները ամբողջական "
        "երկրաչափությանն են։",
        "Линии и площади упрощены до {size}, также в загружаемых файлах: ни одна пропущенная "
        "вершина не лежит дальше от нарисованной линии. Длины и площади даны по полной геометрии.",
    ),
}

#: Words of a page that loads something from elsewhere.
NOTICE_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "Parts of this page are loaded from: {hosts}. Without a network they are missing.": (
        "Bu səhifənin hissələri buradan yüklənir: {hosts}. Şəbəkə olmadıqda onlar göstərilmir.",
        "Այս էջի մասերը բեռնվում են այստեղից՝ {hosts}։ Առանց ցանցի դրանք բացակայում են։",
        "Части этой страницы загружаются с: {hosts}. Без сети их не будет.",
    ),
    "Not loaded: {hosts}. Parts of this page are missing; they need a network.": (
        "Yüklənmədi: {hosts}. Səhifənin bəzi hissələri yoxdur; onlar üçün şəbəkə lazımdır.",
        "Չի բեռնվել՝ {hosts}։ Էջի որոշ մասեր բացակայում են. դրանց համար ցանց է պետք։",
        "Не загружено: {hosts}. Части страницы отсутствуют; для них нужна сеть.",
    ),
    "Drawn with Leaflet 1.9.4 (BSD 2-Clause).": (
        "Leaflet 1.9.4 (BSD 2-Clause) ilə çəkilib.",
        "Գծված է Leaflet 1.9.4-ով (BSD 2-Clause)։",
        "Нарисовано с помощью Leaflet 1.9.4 (BSD 2-Clause).",
    ),
}

#: Words of a page with a background from a tile server.
TILE_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "Background": ("Fon", "Հիմնապատկեր", "Подложка"),
    "Background map": ("Fon xəritəsi", "Հիմնաքարտեզ", "Карта-подложка"),
    "This map loads its background from {host}.": (
        "Bu xəritənin fonu buradan yüklənir: {host}.",
        "Այս քարտեզի հիմնապատկերը բեռնվում է այստեղից՝ {host}։",
        "Подложка этой карты загружается с {host}.",
    ),
}

#: Words of a page with files of the user's.
FILE_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "Files": ("Fayllar", "Ֆայլեր", "Файлы"),
    "Data of the other layers: ": (
        "Digər qatların məlumatları: ", "Մյուս շերտերի տվյալները՝ ", "Данные остальных слоёв: ",
    ),
}  # fmt: skip

#: Words of a page with records of a tagged table.
RECORD_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    **{
        text: WORDS[text]
        for text in (
            "Records",
            "Inside",
            "Outside",
            "Too close to the border to say",
            "Partly inside",
            "No answer: before the first version",
        )
    },
    "Records dated from {from} to {until}, while the state in view held.": (
        "Tarixi {from} – {until} arasında olan qeydlər: göstərilən vəziyyət qüvvədə olduqda.",
        "{from} – {until} թվագրված գրառումներ՝ քանի դեռ գործում էր ցուցադրվող վիճակը։",
        "Записи с датами {from} – {until}, пока действовало показанное состояние.",
    ),
    "Records dated {from} or later, in the state in view.": (
        "Tarixi {from} və ya daha sonra olan qeydlər: göstərilən vəziyyətdə.",
        "{from} կամ ավելի ուշ թվագրված գրառումներ՝ ցուցադրվող վիճակում։",
        "Записи с датой {from} или позже, в показанном состоянии.",
    ),
    "All records, whatever their date.": (
        "Tarixindən asılı olmayaraq bütün qeydlər.",
        "Բոլոր գրառումները՝ անկախ ամսաթվից։",
        "Все записи независимо от даты.",
    ),
    "{shown} of {count}": ("{shown} / {count}", "{shown} / {count}", "{shown} из {count}"),
    "By the answers for: {layer}.": (
        "Bu qat üzrə cavablara görə: {layer}.",
        "Ըստ այս շերտի պատասխանների՝ {layer}։",
        "По ответам для слоя: {layer}.",
    ),
    "Several records; the ring shows the shares of their answers": (
        "Bir neçə qeyd; halqa cavabların payını göstərir",
        "Մի քանի գրառում․ օղակը ցույց է տալիս պատասխանների բաժինները",
        "Несколько записей; кольцо показывает доли ответов",
    ),
    "Lines and areas stand at a point on them.": (
        "Xətlər və sahələr üzərlərindəki bir nöqtə ilə göstərilir.",
        "Գծերն ու տարածքները ներկայացված են իրենց վրայի մեկ կետով։",
        "Линии и площади показаны точкой на них.",
    ),
    "Before the first state: {count}.": (
        "İlk vəziyyətdən əvvəl: {count}.",
        "Առաջին վիճակից առաջ՝ {count}։",
        "До первого состояния: {count}.",
    ),
    "Not on the map: {undated} without a date, {unplaced} without a place.": (
        "Xəritədə yoxdur: {undated} tarixsiz, {unplaced} yersiz.",
        "Քարտեզի վրա չեն՝ {undated} առանց ամսաթվի, {unplaced} առանց տեղի։",
        "Нет на карте: без даты {undated}, без места {unplaced}.",
    ),
    "{answer}: {count}": ("{answer}: {count}", "{answer}՝ {count}", "{answer}: {count}"),
    "Record {row}: {date}, {answer}": (
        "Qeyd {row}: {date}, {answer}",
        "Գրառում {row}․ {date}, {answer}",
        "Запись {row}: {date}, {answer}",
    ),
    "Records: {count} ({parts})": (
        "Qeydlər: {count} ({parts})",
        "Գրառումներ՝ {count} ({parts})",
        "Записей: {count} ({parts})",
    ),
    "Records here: {count}": (
        "Buradakı qeydlər: {count}",
        "Գրառումներ այստեղ՝ {count}",
        "Записей здесь: {count}",
    ),
    "List of the records on view ({count})": (
        "Görünən qeydlərin siyahısı ({count})",
        "Տեսանելի գրառումների ցանկը ({count})",
        "Список видимых записей ({count})",
    ),
    "Record {row}": ("Qeyd {row}", "Գրառում {row}", "Запись {row}"),
    "–": ("–", "–", "–"),
}
