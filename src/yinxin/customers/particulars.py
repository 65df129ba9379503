"""客户信息登记表: the items a customer's record holds, and what is wrong with them together.

The items that the law requires: 金融机构客户尽职调查和客户身份资料及交易记录保存管理办法 (order
〔2025〕11), for persons and for organisations.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date
from enum import StrEnum

from yinxin.kernel.refusals import Invalid
from yinxin.kernel.text import Text

from . import documents, mrz
from .documents import DocumentType
from .names import kept_name, same_name
from .rules import LONG_TERM, Kind, require_document_fits


class Item(StrEnum):
    NAME = "name"
    DOCUMENT_TYPE = "document_type"
    DOCUMENT_NUMBER = "document_number"
    VALID_UNTIL = "valid_until"
    PHONE = "phone"
    ADDRESS = "address"
    SEX = "sex"
    BORN_ON = "born_on"
    NATIONALITY = "nationality"
    OCCUPATION = "occupation"
    WORKPLACE = "workplace"
    INDUSTRY = "industry"
    BUSINESS_SCOPE = "business_scope"


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"
    UNSPECIFIED = "unspecified"


class Occupation(StrEnum):
    """GB/T 6565 大类, with those that a rating looks at."""

    OFFICIAL = "official"
    FOREIGN_OFFICIAL = "foreign_official"
    PROFESSIONAL = "professional"
    CLERICAL = "clerical"
    SERVICE = "service"
    FARMING = "farming"
    MANUFACTURING = "manufacturing"
    MILITARY = "military"
    SELF_EMPLOYED = "self_employed"
    STUDENT = "student"
    RETIRED = "retired"
    UNEMPLOYED = "unemployed"


class Industry(StrEnum):
    """GB/T 4754 门类, the few that a rating tells apart."""

    FARMING = "farming"
    MINING = "mining"
    MANUFACTURING = "manufacturing"
    CONSTRUCTION = "construction"
    TRADE = "trade"
    PRECIOUS_METALS = "precious_metals"
    CATERING = "catering"
    TECHNOLOGY = "technology"
    FINANCE = "finance"
    REAL_ESTATE = "real_estate"
    BUSINESS_SERVICES = "business_services"
    PUBLIC = "public"
    ENTERTAINMENT = "entertainment"
    OTHER = "other"


ITEM_TITLES = {
    Item.NAME: Text("姓名或名称", "name"),
    Item.DOCUMENT_TYPE: Text("证件类型", "document"),
    Item.DOCUMENT_NUMBER: Text("证件号码", "document number"),
    Item.VALID_UNTIL: Text("证件有效期至", "validity of the document"),
    Item.PHONE: Text("联系电话", "phone"),
    Item.ADDRESS: Text("地址", "address"),
    Item.SEX: Text("性别", "sex"),
    Item.BORN_ON: Text("出生日期", "birth date"),
    Item.NATIONALITY: Text("国籍或注册地", "nationality or place of registration"),
    Item.OCCUPATION: Text("职业", "occupation"),
    Item.WORKPLACE: Text("工作单位", "workplace"),
    Item.INDUSTRY: Text("行业", "industry"),
    Item.BUSINESS_SCOPE: Text("经营范围", "business scope"),
}
SEX_TITLES = {
    Sex.MALE: Text("男", "Male"),
    Sex.FEMALE: Text("女", "Female"),
    Sex.UNSPECIFIED: Text("未说明", "Unspecified"),
}
OCCUPATION_TITLES = {
    Occupation.OFFICIAL: Text("党政机关、企事业单位负责人", "Head of an authority or enterprise"),
    Occupation.FOREIGN_OFFICIAL: Text("外国政要及其关系人", "Foreign politically exposed person"),
    Occupation.PROFESSIONAL: Text("专业技术人员", "Professional"),
    Occupation.CLERICAL: Text("办事人员", "Clerical"),
    Occupation.SERVICE: Text("商业、服务业人员", "Trade and services"),
    Occupation.FARMING: Text("农、林、牧、渔业人员", "Farming, forestry, fishing"),
    Occupation.MANUFACTURING: Text("生产、运输人员", "Production and transport"),
    Occupation.MILITARY: Text("军人", "Military"),
    Occupation.SELF_EMPLOYED: Text("个体经营者", "Self-employed"),
    Occupation.STUDENT: Text("学生", "Student"),
    Occupation.RETIRED: Text("离退休人员", "Retired"),
    Occupation.UNEMPLOYED: Text("无业人员", "Without work"),
}
INDUSTRY_TITLES = {
    Industry.FARMING: Text("农、林、牧、渔业", "Farming, forestry, fishing"),
    Industry.MINING: Text("采矿业", "Mining"),
    Industry.MANUFACTURING: Text("制造业", "Manufacturing"),
    Industry.CONSTRUCTION: Text("建筑业", "Construction"),
    Industry.TRADE: Text("批发和零售业", "Wholesale and retail"),
    Industry.PRECIOUS_METALS: Text("贵金属、珠宝", "Precious metals and jewellery"),
    Industry.CATERING: Text("住宿和餐饮业", "Hotels and catering"),
    Industry.TECHNOLOGY: Text("信息传输、软件和信息技术", "Information technology"),
    Industry.FINANCE: Text("金融业", "Finance"),
    Industry.REAL_ESTATE: Text("房地产业", "Real estate"),
    Industry.BUSINESS_SERVICES: Text("租赁和商务服务业", "Leasing and business services"),
    Industry.PUBLIC: Text("公共管理和社会组织", "Public administration"),
    Industry.ENTERTAINMENT: Text("文化、体育和娱乐业", "Culture, sport and entertainment"),
    Industry.OTHER: Text("其他行业", "Other"),
}
# Other codes read as they stand on passports.
COUNTRY_TITLES = {
    "CHN": Text("中国", "China"),
    "HKG": Text("中国香港", "Hong Kong, China"),
    "MAC": Text("中国澳门", "Macao, China"),
    "TWN": Text("中国台湾", "Taiwan, China"),
}
VALUE_TITLES: dict[Item, Mapping[str, Text]] = {
    Item.DOCUMENT_TYPE: {str(each): text for each, text in documents.DOCUMENT_TITLES.items()},
    Item.SEX: {str(each): text for each, text in SEX_TITLES.items()},
    Item.OCCUPATION: {str(each): text for each, text in OCCUPATION_TITLES.items()},
    Item.INDUSTRY: {str(each): text for each, text in INDUSTRY_TITLES.items()},
    Item.NATIONALITY: COUNTRY_TITLES,
}
FOREVER = Text("长期", "Long-term")

_BOTH = (Item.NAME, Item.DOCUMENT_TYPE, Item.DOCUMENT_NUMBER, Item.VALID_UNTIL, Item.PHONE)
REQUIRED: dict[Kind, tuple[Item, ...]] = {
    Kind.PERSON: (*_BOTH, Item.ADDRESS, Item.SEX, Item.NATIONALITY, Item.OCCUPATION),
    Kind.ORGANISATION: (*_BOTH, Item.ADDRESS, Item.BUSINESS_SCOPE),
}
# 双人录入: what a second person enters blind.
CRITICAL = (Item.NAME, Item.DOCUMENT_NUMBER, Item.VALID_UNTIL)
OF_PERSONS = frozenset({Item.SEX, Item.BORN_ON, Item.OCCUPATION, Item.WORKPLACE})
OF_ORGANISATIONS = frozenset({Item.INDUSTRY, Item.BUSINESS_SCOPE})
NOT_BY_CITIZENS = frozenset({DocumentType.PASSPORT, DocumentType.FOREIGNERS_CARD})

# ISO 3166-1 alpha-3.
_CODES = (
    "ABWAFGAGOAIAALAALBANDAREARGARMASMATAATFATGAUSAUTAZEBDIBELBENBESBFABGDBGRBHRBHSBIHBLMBLRBLZ"
    "BMUBOLBRABRBBRNBTNBVTBWACAFCANCCKCHECHLCHNCIVCMRCODCOGCOKCOLCOMCPVCRICUBCUWCXRCYMCYPCZEDEU"
    "DJIDMADNKDOMDZAECUEGYERIESHESPESTETHFINFJIFLKFRAFROFSMGABGBRGEOGGYGHAGIBGINGLPGMBGNBGNQGRC"
    "GRDGRLGTMGUFGUMGUYHKGHMDHNDHRVHTIHUNIDNIMNINDIOTIRLIRNIRQISLISRITAJAMJEYJORJPNKAZKENKGZKHM"
    "KIRKNAKORKWTLAOLBNLBRLBYLCALIELKALSOLTULUXLVAMACMAFMARMCOMDAMDGMDVMEXMHLMKDMLIMLTMMRMNEMNG"
    "MNPMOZMRTMSRMTQMUSMWIMYSMYTNAMNCLNERNFKNGANICNIUNLDNORNPLNRUNZLOMNPAKPANPCNPERPHLPLWPNGPOL"
    "PRIPRKPRTPRYPSEPYFQATREUROURUSRWASAUSDNSENSGPSGSSHNSJMSLBSLESLVSMRSOMSPMSRBSSDSTPSURSVKSVN"
    "SWESWZSXMSYCSYRTCATCDTGOTHATJKTKLTKMTLSTONTTOTUNTURTUVTWNTZAUGAUKRUMIURYUSAUZBVATVCTVENVGB"
    "VIRVNMVUTWLFWSMYEMZAFZMBZWE"
)
COUNTRIES = frozenset(_CODES[at : at + 3] for at in range(0, len(_CODES), 3))

NOT_A_COUNTRY = Text(
    "不是 ISO 3166 三位国家代码，如中国为 CHN。",
    "This is no country code of three letters, such as CHN.",
)
NOT_A_DAY = Text(
    "请按 2035-03-07 的格式填写日期，长期有效的填“长期”。",
    "Enter a date such as 2035-03-07, or 长期 where it never ends.",
)
EXPIRED = Text(
    "证件已于 {day} 到期，请客户更换证件后再登记。",
    "The document ran out on {day}; the customer must renew it first.",
)
DIFFERS_FROM_NUMBER = Text(
    "与证件号码不符：号码第 {places} 位表明应为“{value_zh}”，请核对。",
    "This differs from the document number, whose {places} say “{value_en}”; check both.",
)
NATIONALITY_OF_DOCUMENT = Text(
    "持该证件的应为{needed_zh}，请核对国籍或证件类型。",
    "Who holds this document is {needed_en}; check nationality and document.",
)
BORN_IN_FUTURE = Text("出生日期晚于今天，请核对。", "The birth date is in the future; check it.")
NOT_FOR_THIS_KIND = Text(
    "该项不适用于此类客户，请留空。", "This does not apply to such a customer; leave it blank."
)
DIFFERS_FROM_ZONE = Text(
    "与机读码不符：机读码为“{read}”，请核对证件。",
    "This differs from the machine-readable zone, which has “{read}”; check the document.",
)
ONLY_PASSPORTS = Text(
    "只有护照和通行证有机读码，请留空。",
    "Only passports and passes have this zone; leave it blank.",
)

Values = dict[Item, str]


def kept(kind: Kind, typed: Mapping[Item, str], today: date) -> Values:
    """The record in the form it is kept in. Raises Invalid with what is wrong."""
    values = {item: text.strip() for item, text in typed.items() if text.strip()}
    strangers = OF_ORGANISATIONS if kind is Kind.PERSON else OF_PERSONS
    if wrong := [
        (str(item), NOT_FOR_THIS_KIND) for item in Item if item in strangers & set(values)
    ]:
        raise Invalid(*wrong)
    document = DocumentType(values[Item.DOCUMENT_TYPE])
    require_document_fits(kind, document)
    number = documents.checked_number(document, values[Item.DOCUMENT_NUMBER], today)
    values |= {Item.NAME: kept_name(values[Item.NAME]), Item.DOCUMENT_NUMBER: number}
    if Item.VALID_UNTIL in values:
        values[Item.VALID_UNTIL] = _validity(values[Item.VALID_UNTIL]).isoformat()
    _require_country(values)
    if document in documents.NUMBERED_AS_CITIZENS:
        _require_as_numbered(values, number)
    if Item.BORN_ON in values and date.fromisoformat(values[Item.BORN_ON]) > today:
        raise Invalid((str(Item.BORN_ON), BORN_IN_FUTURE))
    _require_nationality(values, document)
    return values


def require_in_force(values: Mapping[Item, str], today: date) -> None:
    """Nobody is registered by a document that ran out."""
    until = expires_on(values)
    if until is not None and until < today:
        raise Invalid((str(Item.VALID_UNTIL), EXPIRED.format(day=until.isoformat())))


def require_as_zone(values: Values, typed: str, today: date) -> Values:
    """The record with what the machine-readable zone adds; raises Invalid where they differ."""
    if DocumentType(values[Item.DOCUMENT_TYPE]) in documents.NUMBERED_AS_CITIZENS:
        raise Invalid(("mrz", ONLY_PASSPORTS))
    zone = mrz.read_zone(typed, today)
    read: dict[Item, str] = {
        Item.DOCUMENT_NUMBER: zone.number,
        Item.VALID_UNTIL: zone.expires_on.isoformat(),
        Item.BORN_ON: zone.born_on.isoformat(),
        Item.SEX: {"M": Sex.MALE, "F": Sex.FEMALE}.get(zone.sex, Sex.UNSPECIFIED),
    }
    if zone.nationality in COUNTRIES:
        read[Item.NATIONALITY] = zone.nationality
    wrong = [
        (str(item), DIFFERS_FROM_ZONE.format(read=value))
        for item, value in read.items()
        if values.get(item, value) != value
    ]
    if wrong:
        raise Invalid(*wrong)
    return {**read, **values}


def missing(kind: Kind, values: Mapping[Item, str]) -> list[Item]:
    """The items that the law requires and the record lacks; a workplace stands for an address."""
    return [
        item
        for item in REQUIRED[kind]
        if not values.get(item) and not (item is Item.ADDRESS and values.get(Item.WORKPLACE))
    ]


def differences(
    first: Mapping[Item, str], second: Mapping[Item, str], items: Collection[Item]
) -> list[Item]:
    """The items of which two entries say different things."""
    alike: dict[Item, Callable[[str, str], bool]] = {Item.NAME: same_name}
    return [
        item
        for item in items
        if not alike.get(item, str.__eq__)(first.get(item, ""), second.get(item, ""))
    ]


def expires_on(values: Mapping[Item, str]) -> date | None:
    until = values.get(Item.VALID_UNTIL)
    return date.fromisoformat(until) if until else None


def shown(item: Item, value: str) -> Text:
    """A value as people read it; document and phone numbers masked."""
    if item in VALUE_TITLES and value in VALUE_TITLES[item]:
        return VALUE_TITLES[item][value]
    if item is Item.VALID_UNTIL and value == LONG_TERM.isoformat():
        return FOREVER
    if item in (Item.DOCUMENT_NUMBER, Item.PHONE) and value:
        value = documents.masked(value)
    return Text(value, value)


def _validity(text: str) -> date:
    """Accepts what stands on documents: 2035.03.07, 20350307, 2035年3月7日, 长期."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in ("长期", "长期有效", "long-term", "long term", LONG_TERM.isoformat()):
        return LONG_TERM
    found = re.fullmatch(r"(\d{4})[-./年]?(\d{1,2})[-./月]?(\d{1,2})日?", plain, re.ASCII)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise Invalid((str(Item.VALID_UNTIL), NOT_A_DAY))


def _require_country(values: Values) -> None:
    country = values.get(Item.NATIONALITY)
    if country is not None:
        values[Item.NATIONALITY] = country.upper()
        if country.upper() not in COUNTRIES:
            raise Invalid((str(Item.NATIONALITY), NOT_A_COUNTRY))


def _require_as_numbered(values: Values, number: str) -> None:
    """Birth date and sex stand in the number: they are taken from it, or must agree with it."""
    sex = Sex.MALE if documents.is_male(number) else Sex.FEMALE
    day = documents.born_on(number).isoformat()
    told = (
        (Item.SEX, str(sex), SEX_TITLES[sex], "17"),
        (Item.BORN_ON, day, Text(day, day), "7–14"),
    )
    wrong = [
        (
            str(item),
            DIFFERS_FROM_NUMBER.format(places=places, value_zh=title.zh, value_en=title.en),
        )
        for item, value, title, places in told
        if values.setdefault(item, value) != value
    ]
    if wrong:
        raise Invalid(*wrong)


def _require_nationality(values: Mapping[Item, str], document: DocumentType) -> None:
    country = values.get(Item.NATIONALITY, "")
    if document is DocumentType.FOREIGNERS_CARD and country == "CHN":
        needed = Text("外国公民", "a foreigner")
    elif document not in {*NOT_BY_CITIZENS, DocumentType.USCC} and country not in ("", "CHN"):
        needed = Text("中国公民", "a citizen of China")
    else:
        return
    raise Invalid(
        (str(Item.NATIONALITY),
         NATIONALITY_OF_DOCUMENT.format(needed_zh=needed.zh, needed_en=needed.en))
    )  # fmt: skip
