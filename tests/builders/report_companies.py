"""Nine invented companies for the sample report: names, texts, costs and values by quarter."""

from dataclasses import dataclass
from datetime import date

from lp_reports.facts import Text

M = 100_000_000
"""One million yuan in fen."""


@dataclass(frozen=True)
class Sample:
    code: str
    name: Text
    sector: Text
    chain: Text
    stage: Text
    origin: Text
    city: Text
    acquired_on: date
    first: int
    cost: int
    values: tuple[int, ...]
    """Value at each quarter end from the quarter of purchase on."""
    does: Text
    readiness: tuple[int, int, int]
    technique: Text
    help_wanted: tuple[Text, ...]
    proceeds: int = 0
    sold_in: int | None = None


HYDROGEN = Text("氢能材料", "Hydrogen materials")
CARBON = Text("碳中和", "Carbon neutrality")
ENERGY = Text("新能源材料", "New energy materials")
COMPUTING = Text("智能算力", "GPU computing")
MAKING = Text("智能制造", "Intelligent manufacturing")
LAB = Text("实验室", "Laboratory")
JOINT = Text("联合创新中心", "Joint innovation centre")
RESEARCH = Text("研究中心", "Research centre")
ALUMNI = Text("校友企业", "Alumni firm")
SEED, ANGEL, A_ROUND, B_ROUND = (
    Text("种子轮", "Seed"),
    Text("天使轮", "Angel"),
    Text("A 轮", "Series A"),
    Text("B 轮", "Series B"),
)
UP, IN, DOWN = Text("上游", "Upstream"), Text("厂内", "In-house"), Text("下游", "Downstream")

CALIBRATED = Text(
    "里程碑校准法：以 2025 年 11 月融资为校准点，按技术与商业里程碑调整。",
    "Calibrated milestone analysis: calibrated to the November 2025 round, adjusted for technical and commercial "
    "milestones.",
)
MULTIPLES = Text(
    "市场乘数法：可比公司企业价值/收入倍数，流动性折扣 20%。",
    "Market multiples: enterprise value to revenue of comparable companies, less 20% for lack of marketability.",
)

COMPANIES = (
    Sample(
        "H01",
        Text("氢钢储运科技", "Hydrosteel Storage"),
        HYDROGEN,
        DOWN,
        A_ROUND,
        JOINT,
        Text("包头", "Baotou"),
        date(2024, 3, 18),
        0,
        28 * M,
        tuple(v * M for v in (28, 28, 28, 30, 30, 34, 34, 34, 41, 41, 46)),
        Text(
            "以钒钛系固溶体合金制造低压固态储氢罐，在 3 MPa 下储氢质量比 2.4%，可在冶金余热下放氢。"
            "首批 12 套车载样机已在钢厂物流车队运行。",
            "Makes low-pressure solid-state hydrogen tanks from vanadium-titanium alloys: 2.4% by weight at 3 MPa, "
            "releasing hydrogen on metallurgical waste heat. Twelve vehicle units run in a steelworks fleet.",
        ),
        (4, 7, 8),
        CALIBRATED,
        (
            Text(
                "提供 50 吨/年中试线的余热接口与场地",
                "Waste-heat connection and site for a 50 t/year pilot line",
            ),
            Text(
                "型式检验所需的 200 小时连续运行数据", "200 hours of continuous running data for type testing"
            ),
        ),
    ),
    Sample(
        "H02",
        Text("碳索冶金装备", "Carbonseek Metallurgy"),
        CARBON,
        IN,
        A_ROUND,
        LAB,
        Text("北京", "Beijing"),
        date(2024, 5, 30),
        1,
        24 * M,
        tuple(v * M for v in (24, 24, 25, 25, 25, 27, 27, 27, 25, 25)),
        Text(
            "高炉煤气变压吸附捕集装备，单塔日处理 30 万立方米，捕集能耗较胺法低约三成。",
            "Pressure-swing equipment that captures carbon dioxide from blast-furnace gas: 300,000 cubic metres a day "
            "per tower at about a third less energy than amine washing.",
        ),
        (5, 6, 8),
        CALIBRATED,
        (
            Text(
                "高炉煤气旁路接口与为期六个月的工业试验",
                "A blast-furnace gas bypass and a six-month industrial trial",
            ),
        ),
    ),
    Sample(
        "H03",
        Text("㛃星先进陶瓷", "Jiexing Advanced Ceramics"),
        ENERGY,
        UP,
        ANGEL,
        LAB,
        Text("北京", "Beijing"),
        date(2024, 8, 12),
        2,
        12 * M,
        tuple(v * M for v in (12, 12, 12, 15, 15, 18, 18, 22, 22)),
        Text(
            "固体氧化物电池用氧化锆电解质薄片，厚 80 微米，由 䶮、𠅤 两位教授的课题组转化而来。",
            "Zirconia electrolyte sheets, 80 micrometres thick, for solid-oxide cells; from the groups of "
            "Professors 䶮 and 𠅤.",
        ),
        (4, 6, 7),
        CALIBRATED,
        (),
    ),
    Sample(
        "H04",
        Text("矩阵算芯", "Matrix Compute"),
        COMPUTING,
        UP,
        B_ROUND,
        RESEARCH,
        Text("北京", "Beijing"),
        date(2024, 11, 6),
        3,
        35 * M,
        tuple(v * M for v in (35, 35, 35, 40, 40, 48, 48, 56)),
        Text(
            "面向材料计算的国产 GPU 算子库与一体机，密度泛函计算较通用方案提速约 4 倍。",
            "Domestic GPU kernels and appliances for materials computing; density-functional runs are about four times "
            "faster than on a general stack.",
        ),
        (6, 8, 9),
        MULTIPLES,
        (
            Text(
                "质检视觉场景的标注数据与驻场工程师",
                "Labelled data and an on-site engineer for visual inspection",
            ),
        ),
    ),
    Sample(
        "H05",
        Text("镁合轻材", "Maghe Light Alloys"),
        ENERGY,
        IN,
        A_ROUND,
        JOINT,
        Text("太原", "Taiyuan"),
        date(2025, 2, 20),
        4,
        20 * M,
        tuple(v * M for v in (20, 20, 20, 20, 0, 0, 0)),
        Text(
            "宽幅镁合金薄板连铸连轧。2026 年 1 月整体转让给产业方，款项已到账并分配。",
            "Continuous casting and rolling of wide magnesium sheet. Sold whole to an industrial buyer in January "
            "2026; paid and distributed.",
        ),
        (6, 8, 8),
        Text("已退出：以成交价款计量。", "Exited: measured at the price received."),
        (),
        proceeds=31 * M,
        sold_in=8,
    ),
    Sample(
        "H06",
        Text("微尺度传感", "Microscale Sensing"),
        MAKING,
        IN,
        SEED,
        LAB,
        Text("苏州", "Suzhou"),
        date(2025, 4, 9),
        5,
        8 * M,
        tuple(v * M for v in (8, 8, 8, 4, 4, 0)),
        Text(
            "轧机轴承声发射传感器。两次工业试验未达误报率指标，团队于 2026 年 8 月解散，全额核销。",
            "Acoustic-emission sensors for mill bearings. Two industrial trials missed the false-alarm target; the "
            "team disbanded in August 2026 and the holding is written off.",
        ),
        (5, 5, 7),
        Text("核销：预计无可收回金额。", "Written off: no recovery is expected."),
        (),
    ),
    Sample(
        "H07",
        Text("绿矾储能", "Greenvan Storage"),
        ENERGY,
        DOWN,
        A_ROUND,
        ALUMNI,
        Text("攀枝花", "Panzhihua"),
        date(2025, 7, 15),
        6,
        22 * M,
        tuple(v * M for v in (22, 22, 22, 24, 26)),
        Text(
            "以提钒尾渣短流程制备全钒液流电池电解液，每千瓦时成本较高纯五氧化二钒路线低约两成。",
            "Vanadium flow-battery electrolyte made directly from extraction tailings, about a fifth cheaper per "
            "kilowatt-hour than the pure-oxide route.",
        ),
        (5, 6, 8),
        CALIBRATED,
        (Text("每年 2 万吨提钒尾渣的供应意向", "A letter of intent for 20,000 tonnes of tailings a year"),),
    ),
    Sample(
        "H08",
        Text("智轧科技", "Smartmill Technology"),
        MAKING,
        IN,
        A_ROUND,
        JOINT,
        Text("北京", "Beijing"),
        date(2025, 10, 28),
        7,
        18 * M,
        tuple(v * M for v in (18, 18, 18, 21)),
        Text(
            "热连轧板形与温度的数字孪生控制，已在一条 1780 产线投用，板形命中率提高 3.1 个百分点。",
            "Digital-twin control of strip shape and temperature in hot rolling; in use on one 1780 mm line, where "
            "shape hits rose by 3.1 percentage points.",
        ),
        (6, 7, 9),
        CALIBRATED,
        (Text("第二条产线的部署窗口", "A window to install on a second line"),),
    ),
    Sample(
        "H09",
        Text("氢冶新源", "Hydromet Source"),
        HYDROGEN,
        IN,
        ANGEL,
        JOINT,
        Text("包头", "Baotou"),
        date(2026, 5, 22),
        9,
        16 * M,
        tuple(v * M for v in (16, 16)),
        Text(
            "氢基竖炉用抗粉化球团及还原工艺包，正在建设 1 万吨/年示范线。",
            "Pellets that resist degradation and a process package for hydrogen shaft furnaces; a 10,000 t/year "
            "demonstration line is being built.",
        ),
        (4, 4, 7),
        Text(
            "以 2026 年 5 月投资价格为校准点；距交割不足六个月，里程碑尚未到期，故未调整。",
            "Calibrated to the May 2026 price; within six months of closing no milestone has fallen due, hence "
            "unchanged.",
        ),
        (Text("示范线所需焦炉煤气制氢副产氢", "By-product hydrogen for the demonstration line"),),
    ),
)
