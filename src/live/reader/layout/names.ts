/**
 * The names under which files write what the reader needs. A table: a name that is missing is added here, and nowhere else.
 *
 * 1. Names are compared in small letters, without accents, blanks and punctuation.
 * 2. Of several columns for one thing the first of the list is taken.
 */

export const ROLES = [
  "time",
  "date",
  "clock",
  "closeTime",
  "symbol",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "up",
  "down",
  "price",
  "quantity",
  "id",
  "bid",
  "ask",
  "split",
  "dividend",
  "period",
] as const;

export type Role = (typeof ROLES)[number];

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const NAMES: Readonly<Record<Role, readonly string[]>> = {
  time: words(`
    candledatetimeutc opentime opentimestamp opentimems tsopen dt datetime timestamp starttime start begin candlebegintime
    timestamputc datetimeutc
    timeutc utctime gmttime localtime windowstart tsevent periodstartunix timeperiodstart timestampms timestampus timestampns tradetime
    transacttime transacttimestamp siptimestamp participanttimestamp ratedatetime createdtime createtime executedat executiontime
    tickdatetime datetimeexchange startat startedat
    openat starttimestamp barstarttime timeopen unixtimestamp unixtime unixms unix
    epoch epochms ts bartime barstart datumzeit fechahora dateandtime t`),
  date: words(`
    date day traddt bizdt month quarter week year yearmonth observationdate dtyyyymmdd dateyyyymmdd datestamp businessdate tradedate
    tradingdate tradingday dateutc rptdt
    datum fecha data 일자 dateymd yyyymmdd giorno dia дата 日期 交易日期 日付 날짜`),
  clock: words("time timem timebarstart hour timeofday zeit hora heure ora uhrzeit время 时间 時刻 시간 hms"),
  closeTime: words("closetime closetimestamp endtime end timeclose timeperiodend barend"),
  symbol: words(`
    symbol ticker tic instrument pair sym code tckrsymb asset security stock contract market stockcode tscode secid instrumentid
    product productid instrumentname instid symroot currencypair coin s name simbol kurzel wkn isin ric 代码 股票代码 コード 종목코드`),
  open: words(`
    open o openprice openingprice firsttradeprice openprc opnpric priceopen first firstprice frstpric pxopen openmid mido opn op
    eroffnung eroffnungskurs anfangskurs
    erster apertura
    abertura ouverture ouv opening otwarcie открытие 开盘 开盘价 始値 시가 acilis avattu`),
  high: words(`
    high h highprice hightradeprice askhi hghpric pricehigh max maxprice maxpric pxhigh midh hi hoch hochst tageshoch alto maximo
    maxima massimo haut
    plushaut hoog
    najwyzszy максимум 最高 最高价 高値 고가 yuksek`),
  low: words(`
    low l lowprice lowtradeprice bidlo lwpric pricelow min minprice minpric pxlow midl lo tief tiefst tagestief bajo minimo minima
    minimo bas plusbas
    laag
    najnizszy минимум 最低 最低价 安値 저가 dusuk`),
  close: words(`
    close c closeprice lasttradeprice prc clspric priceclose last lastpric lastprice pxlast pxclose midc closelast closinglast cl
    schluss schlusskurs
    schlusspreis
    letzter cierre ultimo fechamento fecham cloture dernier chiusura slot slotkoers laatste zamkniecie закрытие цена 收盘 收盘价 終値 종가
    kapanis settle settlement settlementprice`),
  volume: words(`
    volume v vol ttltradgvol tottrdqty totaltradedquantity tradedqty tradedquantity totaltradedvolume volumebase basevolume basevol
    numberofshares sharestraded candleacctradevolume
    totalvolume tradedvolume sharevolume volumetraded basetokenvolume volumecontracts volumecrypto volumefrom
    volumebtc fininstrmqty ttltrdqnty umsatz umsatze volumen volumi wolumen volumestk stuck объем 成交量 出来高 거래량 hacim
    tickvolume tickvol ticks amountbase turnover volumeto volumeusd volumeusdt quotevolume quoteassetvolume`),
  up: words("up upvolume upvol"),
  down: words("down downvolume downvol"),
  price: words(
    "price p px tradeprice lastprice rate value mid midprice adjclose adjustedclose preis kurs precio prix prezzo preco nav",
  ),
  quantity: words("quantity qty size amount q lastqty tradesize tradequantity baseqty volume vol v menge cantidad"),
  id: words("tradeid id aggtradeid aggregatetradeid tid trdmatchid"),
  bid: words("bid bidprice ratebid bidpx bestbid bestbidprice bidclose b bidpx00"),
  ask: words("ask askprice rateask askpx bestask bestaskprice askclose a offer offerprice askpx00"),
  split: words("stocksplits stocksplit split splitratio splitfactor splitcoefficient"),
  dividend: words("dividends dividend divcash dividendamount exdividend"),
  period: words("per period interval timeframe"),
};

/** A name as it is compared. */
export const bareName = (cell: string): string =>
  cell
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/ł/g, "l")
    .replace(/[^\p{L}\p{N}]/gu, "")
    // Syllables of Korean come apart like accents do.
    .normalize("NFC")
    .replace(/^\d+(?=\p{L})/u, "");
