"""The terms and classes of topics/ai_chips.toml on phrases of the kind that patents use."""

import json
import re
import unicodedata

import polars as pl
import pytest

from corepath.warehouse.settings import ROOT
from corepath.warehouse.topic.files import read
from tests.topics.selecting import selected

TOPIC = read("ai_chips")
TABLES = TOPIC.tables(None)

SAYS = {
    "ai": [
        "Deep-learning inference on edge devices",
        "Training a transformer model with sparse tensors",
        "一种卷积神经网络的计算方法",
        "基于CNN的图像识别电路",
        "ニューラルネットワーク演算装置",
        "ＤＮＮの重みを記憶するシナプス素子",
        "심층신경망을 학습하는 방법",
        "인공 지능 서비스 제공 장치",
    ],
    "chip": [
        "SYSTEM-ON-CHIP AND METHOD",
        "Multi-chip module with a co-processor",
        "现场可编程门阵列上的加速器",
        "基于GPU的并行计算方法",
        "積和演算回路および半導体装置",
        "ＦＰＧＡを用いた画像処理",
        "멤리스터를 이용한 메모리",
        "시스템반도체의 가속기용 전원",
    ],
    "ai_chip_in_one_word": [
        "신경망가속기 및 그 동작 방법",
        "인공지능칩의 전력 관리",
        "뉴로모픽칩",
        "텐서프로세서를 포함하는 서버",
        "심층신경망가속기",
        "딥러닝용가속기",
        "CNN가속기 설계",
        "인공지능반도체",
    ],
    "ai_chip_named": [
        "AI chips and servers",
        "An AI-accelerator card",
        "一种AI芯片的测试方法",
        "ＡＩ处理器",
        "ＡＩチップの電源制御",
        "AIアクセラレータ",
        "AI반도체를 포함하는 서버",
        "AI 가속기 카드",
    ],
    "hardware": [
        "Matrix computation unit of a neural network processor",
        "An array of memory cells stores the weights",
        "一种神经网络处理器",
        "乘法器与加法器",
        "ニューラルネットワーク演算回路",
        "メモリセルアレイ",
        "신경망 처리 장치",
        "곱셈기와 누산기",
    ],
    "ai_or_named": [
        "Neurosynaptic core",
        "Convolution layer",
        "卷积运算装置",
        "智能芯片",
        "畳み込み演算",
        "AI推論",
        "합성곱 연산 회로",
        "AI 추론",
    ],
    "matrix": [
        "matrix multiply and accumulate (MMA) operations",
        "a dot product of sparse matrices",
        "矩阵乘法",
        "张量",
        "行列積",
        "テンソル",
        "행렬 곱",
        "텐서",
    ],
    "unit": [
        "a datapath configured to execute",
        "tensor cores",
        "乘法器阵列",
        "矩阵运算单元",
        "演算回路",
        "乗算器",
        "연산기",
        "곱셈 회로",
    ],
    "any_text": ["x", "芯", "チ", "칩"],
    "title_alone": ["Neural chip", "神经芯片", "ニューロチップ", "신경망 칩"],
    "accelerator": [
        "Mask synthesis on a systolic array",
        "Verification of a neural network processor",
        "存算一体电路的良率测试",
        "类脑芯片的设计方法",
        "アクセラレータの配置設計",
        "インメモリ演算装置",
        "신경망 가속기의 배치",
        "AI 반도체의 설계 검증",
    ],
    "chip_making": [
        "Wafer defect classification using deep learning",
        "Layout pattern generation by machine learning",
        "基于神经网络的晶圆良率预测",
        "芯片版图的生成方法",
        "機械学習による欠陥検査装置",
        "半導体の歩留まり予測",
        "반도체 수율 예측 방법",
        "웨이퍼 결함 검출 장치",
    ],
    "gene_chip": [
        "DNA chip data classified by a neural network",
        "Organ-on-a-chip platform",
        "基因芯片数据的分类方法",
        "微流控芯片检测系统",
        "遺伝子チップ解析",
        "バイオチップ読取装置",
        "유전자 칩 분석 방법",
        "바이오칩 판독 장치",
    ],
    "phase_change": ["PCM cell", "phase-change memory", "相变存储器", "相変化メモリ", "상변화 메모리"],
    "spiking": ["a spike train", "脉冲神经元电路", "スパイキングニューロン", "스파이킹 뉴런"],
    "neuromorphic": ["brain-inspired circuit", "类脑计算", "脳型コンピュータ", "뉴로모픽 소자"],
    "in_memory": ["compute-in-memory macro", "存内计算单元", "インメモリ演算", "메모리 내 연산"],
    "photonic": ["Photonic tensor core", "光子神经网络", "光ニューラルネット", "광자 집적 소자"],
    "reconfigurable": ["coarse-grained reconfiguration", "可重构阵列", "再構成可能", "재구성 가능"],
    "gpu": ["graphics processing units", "图形处理器", "グラフィックスプロセッサ", "GPU를 이용한"],
    "systolic": ["systolic array", "脉动阵列", "シストリックアレイ", "시스톨릭 어레이"],
    "packaging": ["through-silicon vias", "芯粒互连", "チップレット", "고대역폭 메모리"],
    "compiler": ["weight quantization", "算子融合", "量子化誤差", "양자화된 가중치"],
}

DOES_NOT_SAY = {
    "ai": [
        "Power transformer with a cooling network",
        "Network neutral server",
        "一种网络设备及存储方法",
        "智能家居控制方法",
        "ネットワーク装置",
        "学習用教材の表示方法",
        "네트워크 장치",
        "기계 가공 방법",
    ],
    "chip": [
        "Basic input and output of a society",
        "PCM audio coding with manipulated samples",
        "一种数据存储方法",
        "木材切削装置",
        "データ処理方法",
        "切り屑の除去",
        "데이터 처리 방법",
        "네트워크 서버",
    ],
    "ai_chip_in_one_word": [
        "neural network accelerator",
        "芯片",
        "神经网络加速器",
        "ニューラルプロセッサ",
        "신경망 학습 방법",
        "가속기 제어 방법",
        "신경망을 위한 가속기",
        "반도체 장치",
    ],
    "ai_chip_named": [
        "Chai processors for food",
        "AI runs on a chip",
        "MAI芯片",
        "AI算法",
        "XAIチップ",
        "AIを用いた方法",
        "XAI칩",
        "AI 서비스",
    ],
    "hardware": [
        "A processor executes instructions stored in a memory",
        "Machine learning engine that ranks pages",
        "由处理器执行的方法",
        "一种服务器",
        "プロセッサが実行する方法",
        "サーバ装置",
        "프로세서가 실행하는 방법",
        "서버",
    ],
    "ai_or_named": [
        "Learning to rank",
        "Convoluted hose",
        "数据处理",
        "服务器",
        "データ処理",
        "学習机",
        "데이터 처리",
        "서버",
    ],
    "matrix": [
        "a matrix of pixels",
        "multiply by two",
        "像素矩阵",
        "张力",
        "行列番号",
        "テント",
        "행렬 번호",
        "텐트",
    ],
    "unit": ["a user", "unit price", "方法", "价格", "方法", "価格", "방법", "가격"],
    "any_text": ["", " ", "\n"],
    "title_alone": ["", "Neural chip\nA chip.", "神经芯片\n一种芯片", "신경망 칩\n칩"],
    "accelerator": [
        "Placing cells of an integrated circuit",
        "A semiconductor wafer inspected by a processor",
        "集成电路的布局方法",
        "芯片缺陷检测",
        "半導体ウェハの検査",
        "集積回路のレイアウト",
        "집적 회로 배치 방법",
        "반도체 검사 장치",
    ],
    "chip_making": [
        "The product yields a sum",
        "Data layout of a tensor in memory",
        "克服了现有技术的缺陷",
        "张量的数据布局",
        "データのレイアウト",
        "量子化誤差を減らす",
        "텐서의 데이터 레이아웃",
        "결함 허용 프로세서",
    ],
    "gene_chip": [
        "Accelerator chip for gene sequencing",
        "neural network chip",
        "基因序列比对的加速芯片",
        "神经网络芯片",
        "遺伝子解析用プロセッサ",
        "ニューラルチップ",
        "유전자 분석용 가속기",
        "신경망 칩",
    ],
    "phase_change": ["phase modulation", "相位变换", "位相変化", "위상 변화"],
    "spiking": ["spiky surface", "脉冲信号", "ニューロン", "신경망"],
    "neuromorphic": ["neural network", "神经网络", "ニューラル", "신경망"],
    "in_memory": ["data stored in memory", "存储器", "メモリ装置", "메모리 장치"],
    "photonic": ["optical fibre cable", "光纤", "光ファイバ", "광섬유"],
    "reconfigurable": ["configured to", "重构图像", "構成", "구성"],
    "gpu": ["CPU", "图形界面", "画像処理", "그래픽 화면"],
    "systolic": ["systole", "阵列", "アレイ", "어레이"],
    "packaging": ["vias in a board", "网络", "チップ", "메모리"],
    "compiler": ["quantity of goods", "编译", "量子計算", "양자 컴퓨터"],
}

NEAR = [
    "A neural network accelerator",
    "A processor, which is one two three four before a tensor",
    "神经网络加速器及其控制方法",
    "一种面向深度学习的低功耗芯片",
    "ニューラルネットワーク用のプロセッサ",
    "半導体装置及びこれを用いた機械学習方法",
    "심층신경망을 위한 저전력 프로세서",
    "연산 장치에서 심층신경망을 학습하는 방법",
]
NOT_NEAR = [
    "A processor, which is one two three four five before a tensor",
    "Power transformer with a chip fuse",
    "芯片" + "的" * 17 + "神经网络",
    "神经网络的训练方法",
    "プロセッサ" + "の" * 17 + "ニューラルネットワーク",
    "機械学習装置",
    "프로세서 하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 신경망",
    "신경망 학습 방법",
]


def _matches(pattern: str, text: str) -> bool:
    """Match as the pipeline does, and see that Python's own engine agrees."""
    text = unicodedata.normalize("NFKC", text)
    found = pl.Series([text]).str.contains(f"(?i){pattern}").item()
    assert found == bool(re.search(f"(?i){pattern}", text))
    return found


def _pattern(group: str) -> str:
    return "|".join(f"(?:{pattern})" for pattern in TOPIC.terms[group].values())


def _near() -> str:
    rules = TABLES["topic_rule"].filter(pl.col("label") == "c_ai_near_chip")
    patterns = rules.join(TABLES["topic_term"], on="term_id")["pattern"]
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _labels(symbol: str, purpose: str) -> set[str]:
    """Name the rules that have a prefix of this symbol."""
    rules = TABLES["topic_class"].join(TABLES["topic_rule"], on="rule_id")
    hit = pl.lit(symbol).str.starts_with(pl.col("prefix")) & (pl.col("purpose") == purpose)
    return set(rules.filter(hit & ~pl.col("is_first_only"))["label"])


@pytest.mark.parametrize(("group", "text"), [(g, t) for g, texts in SAYS.items() for t in texts])
def test_terms_are_found(group, text):
    assert _matches(_pattern(group), text)


@pytest.mark.parametrize(("group", "text"), [(g, t) for g, texts in DOES_NOT_SAY.items() for t in texts])
def test_other_words_are_not_found(group, text):
    assert not _matches(_pattern(group), text)


@pytest.mark.parametrize("text", NEAR)
def test_ai_stands_near_chip(text):
    assert _matches(_near(), text)


@pytest.mark.parametrize("text", NOT_NEAR)
def test_ai_does_not_stand_near_chip(text):
    assert not _matches(_near(), text)


def test_every_term_group_has_phrases():
    assert SAYS.keys() == DOES_NOT_SAY.keys()
    assert SAYS.keys() == TOPIC.terms.keys()


def test_every_pattern_compiles():
    for pattern in TABLES["topic_term"]["pattern"]:
        assert not _matches(pattern, "")


@pytest.mark.parametrize(
    ("symbol", "labels"),
    [
        ("G06N3/0635", {"a_class"}),
        ("G06F2207/4824", {"a_class"}),
        ("G06F7/5443", {"b_class_and_ai", "b_matrix_unit"}),
        ("G06F15/8046", {"b_class_and_ai", "b_matrix_unit"}),
        ("G06F17/16", {"b_class_and_ai", "b_matrix_unit"}),
        ("G06F17/18", set()),
        ("G06F12/0811", {"b_class_and_ai"}),
        ("H03M1/12", {"b_class_and_ai"}),
        ("H03M13/11", set()),
        ("G06N20/10", set()),
        ("H01L29/78", set()),
    ],
)
def test_classes_of_a_and_b(symbol, labels):
    assert _labels(symbol, "include") == labels


@pytest.mark.parametrize(
    ("symbol", "main"),
    [
        ("G11C11/54", "neuromorphic"),
        ("G06N3/065", "analog"),
        ("G06N3/0675", "optical"),
        ("H03K19/17728", "fpga"),
        ("G06T1/20", "gpu"),
        ("G06N3/063", "neuromorphic"),  # with a word on spikes; else asic
        ("H10W70/00", "packaging"),
        ("H10B63/00", "memory_devices"),
        ("G06F8/41", "compiler"),
        ("G06F30/392", "eda"),
        ("H10P74/00", "manufacturing"),
    ],
)
def test_first_subfield_of_a_class(symbol, main):
    order = TABLES["topic_subfield"]["subfield"].to_list()
    with_class = _labels(symbol, "subfield")
    assert min(with_class, key=order.index) == main


def test_subfields_are_in_order():
    assert TABLES["topic_subfield"]["subfield"].to_list() == [
        "neuromorphic",
        "in_memory",
        "analog",
        "optical",
        "fpga",
        "gpu",
        "asic",
        "packaging",
        "memory_devices",
        "compiler",
        "eda",
        "manufacturing",
    ]


# --- Documents, through the real SQL ------------------------------------------------------------

LET_IN = {
    ("G06N3/063", "Neural network circuit"): "a_class",
    ("G06N3/065 G06F7/544", "Arithmetic apparatus"): "a_class",  # two classes speak for a bare title
    ("G06N3/063", None): "a_class",  # without a text the class alone does
    ("G06F17/16", "Tensor processor"): "b_class_and_ai",
    ("H10B63/00", "Memory chip with synaptic weights"): "b_class_and_ai",
    ("G11C13/00", "PCM cells for a neural network"): "b_class_and_ai",  # PCM is a memory here
    ("C12Q1/00 G06F17/16", "Tensor core for machine learning accelerators"): "b_class_and_ai",
    ("G06F7/544", "Datapath for matrix multiply and accumulate operations"): "b_matrix_unit",
    ("G06N3/02", "Neural network accelerator"): "c_ai_near_chip",
    ("G06F11/00", "신경망가속기"): "c_one_word",
    ("G06F11/00", "An AI chip"): "c_named",
    ("G06F30/27 G06F17/16", "Machine learning to place the cells of an NPU"): "b_class_and_ai",
}
LEFT_OUT = [
    ("G06N3/063", "Circuit"),  # the title says neither AI nor hardware that computes
    ("G06N3/063", "Robotic control system"),
    ("G06N3/063", "Caching of compiled shader programs"),
    ("G06N3/063", "Cooling manifold for a rack of processors"),
    ("G06F17/16", "Matrix processor"),  # no AI
    ("G06F17/16", "A processor runs a neural network"),  # no hardware but a processor
    ("G06F7/544", "Multiply-accumulate unit of a signal processor"),  # no matrix
    ("A61B5/00", "A chip for neural networks"),  # C wants a class of computing
    ("A61B5/00 G06F11/00", "A chip for neural networks"),  # and wants it first
    ("H04N5/00", "A chip for neural networks"),  # an application, and so says its class
    ("G06V10/00 G06N3/063", "Camera chip with machine learning"),
    ("G06F11/00", "Artificial insemination (AI) chip"),
    ("G06F11/00", "AI: a survey of every chip"),
    ("G06N10/00", "Quantum neural network chip"),
    ("G06N10/00 G06N3/065", "Qubits"),  # no class spares from that
    ("G06F30/27", "Machine learning for placing cells of a chip"),  # AI for chips
    ("G06F17/16", "Semiconductor wafer defects found by a neural network"),
    ("G06N3/02", "Machine learning of orders"),  # AI that runs on anything
    ("G10L19/00 G06N3/02", "PCM audio coded by a neural network"),  # pulse-code modulation
    ("H01L21/00", "Chip for a power transformer with a cooling network"),
    ("C12Q1/00 H04N5/00", "A chip for neural networks"),
    ("G06N3/02 G01N33/00", "DNA chip data and a neural network"),
    ("G06N3/063", "基因芯片数据的神经网络"),
]


def test_documents_are_let_in_by_the_rule_that_means_them_and_traps_are_left_out():
    assert selected(TOPIC, *LET_IN, *LEFT_OUT) == dict(enumerate(LET_IN.values()))


@pytest.mark.parametrize(
    ("variant", "rules"), [("strict", {"a_class"}), ("base", {"a_class", "b_class_and_ai", "b_matrix_unit"})]
)
def test_a_variant_is_the_part_of_the_topic_that_its_rules_let_in(variant, rules):
    found = selected(read(f"ai_chips:{variant}"), *LET_IN, *LEFT_OUT)
    assert found == {i: rule for i, rule in enumerate(LET_IN.values()) if rule in rules}


@pytest.mark.whole
def test_the_broad_variant_takes_a_class_at_its_word():
    documents = [("G06N3/063", "Robotic control system"), ("G06F17/16", "A processor runs a neural network")]
    assert selected(TOPIC, *documents) == {}
    assert set(selected(read("ai_chips:broad"), *documents)) == {0, 1}
    assert set(selected(read("ai_chips:broad"), *LET_IN)) == set(range(len(LET_IN)))


def test_an_abstract_must_speak_of_both_ai_and_hardware():
    said = "A neural network is computed by an array of multiply-accumulate units."
    other = "A liquid flows through a manifold, and a chip is cooled."
    software = "A neural network is trained, and a processor stores its weights."
    found = selected(TOPIC, *(("G06N3/063", f"Apparatus\n{text}") for text in (said, other, software)))
    assert found == {0: "a_class"}


LABELS = ROOT.parent / "shared" / "data" / "topic" / "accelerator_labels_20.json"


@pytest.mark.skipif(not LABELS.exists(), reason="needs ../shared")
@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ("c_ai_near_chip", 1, 0),
        ("c_named", 1, 0),
        ("b_class_and_ai", 2, 0),
        ("accelerator_named", 3, 3),
        ("hardware_said", 4, 6),
    ],
)
def test_terms_on_claims_that_were_labelled_by_hand(rule, right, wrong):
    """Twenty claims, six of them of accelerators; classes are not told, so terms stand alone.

    The label asks for accelerators of any kind (graphics, vectors), the topic for those of AI: what
    it finds should be right, and much is not for it to find.
    """
    claims = json.loads(LABELS.read_text(encoding="utf-8"))
    labels = [claim["is_accelerator_hardware_design_patent"] for claim in claims]
    assert (len(labels), sum(labels)) == (20, 6)
    asked = next(r for r in TOPIC.include + TOPIC.condition if r.id == rule)
    pattern = "|".join(f"(?:{pattern})" for pattern, *_ in TOPIC.patterns(asked))
    found = [
        label
        for claim, label in zip(claims, labels, strict=True)
        if re.search(f"(?i){pattern}", unicodedata.normalize("NFKC", claim["claims"]))
    ]
    assert (found.count(True), found.count(False)) == (right, wrong)
